def test_walk(browser, long_token, field):
    p = browser.get("/r/"+long_token); print(p.text)
    p = browser.start(long_token)
    print(p.text)
    p = browser.answer(p, {"recommend":"9"}); print(p.text)
    p = browser.answer(p, {"why":"because"}); 
    p = browser.answer(p, {f"drivers.{r}":"4" for r in ("quality","price","advice","speed","website")}); print(p.text)
    p = browser.answer(p, {"channels":["phone","chat"],"effort":"4"}); print(p.text)
    p = browser.answer(p, {"tenure":"7","improve":"all"}); print(p.text)
    print(field.state(long_token))
