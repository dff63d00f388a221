"""Files into a study: the experiment, the instruments that it names, and all their faults."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePath
from types import MappingProxyType

from surveylab.design.experiment import Experiment, Inquiry, Study
from surveylab.design.frames import FrameReading
from surveylab.design.instrument import Instrument
from surveylab.digests import digest
from surveylab.errors import Fault, SpecError
from surveylab.spec.arms import Workshop, instrument_fault
from surveylab.spec.document import Keyed, Node, Scalar, at, keys_of
from surveylab.spec.experiments import ExperimentReading, read_experiment
from surveylab.spec.frames import frame_of
from surveylab.spec.instruments import InstrumentReading
from surveylab.spec.instruments import read_instrument as of_tree
from surveylab.spec.logos import text_of_picture
from surveylab.spec.models import assignment_of, data_of
from surveylab.spec.parsing import parse, text_of_file
from surveylab.spec.quotas import AskedColumns, quota_faults
from surveylab.spec.wording import Beside

Found = str | Fault | None
"""The text of a file, the fault of reading it, or None where there is no such file."""
Files = Callable[[str], tuple[str, Found]]
"""Name of a file among the instruments -> the file as faults name it, and its text."""

_INSTRUMENT = re.compile(r"\w[\w-]*")


def read(path: str | Path) -> Study:
    """The study of an experiment's file and of the instruments beside it.

    The instruments stand in ``../instruments/<name>.yaml`` beside the folder of the file.

    Raises:
        SpecError: with every fault of all files.
    """
    main = Path(path)
    text = text_of_file(main)
    if isinstance(text, Fault):
        raise SpecError([text])
    folder = Path(os.path.normpath(main.parent / ".." / "instruments"))
    there = tuple(sorted(file.stem for file in folder.glob("*.yaml")))
    return _Desk(str(main), text, _files(folder), there).study(main.parent)


def read_documents(
    documents: Mapping[str, str], main: str, folder: PurePath | None = None, *, frozen: bool = False
) -> Study:
    """The study of the same texts, as they were frozen: file name -> text; a logo's as ``logos`` freezes it.

    ``folder`` is where the experiment's file stood. A ``frozen`` study was whole when it was registered: words
    that the pages have learned to say since then stand in their first language where it lacks them.

    Raises:
        SpecError: with every fault of all texts.
    """
    if main not in documents:
        raise SpecError([Fault(main, 1, 1, "SL001", "the text is not among the documents.", "Name one of them.")])

    there = tuple(sorted(PurePath(name).stem for name in documents if name != main and name.endswith(".yaml")))
    desk = _Desk(main, documents[main], lambda name: (name, documents.get(name)), there, frozen=frozen)
    return desk.study(folder or PurePath(main).parent)


def read_instrument(path: str | Path) -> Instrument:
    """The instrument of a file by itself.

    Raises:
        SpecError: with every fault of the file.
    """
    text = text_of_file(Path(path))
    if isinstance(text, Fault):
        raise SpecError([text])
    node, faults = parse(text, str(path))
    reading = of_tree(node, _beside(path)) if node is not None else None
    if reading is None or faults or reading.faults:
        raise SpecError({*faults, *(reading.faults if reading else ())})
    return reading.instrument


def read_frame(path: str | Path) -> FrameReading:
    """How the source of a frame is read, as its file says it.

    Raises:
        SpecError: with every fault of the file.
    """
    text = text_of_file(Path(path))
    if isinstance(text, Fault):
        raise SpecError([text])
    node, faults = parse(text, str(path))
    reading, found = frame_of(node) if node is not None else (FrameReading(), ())
    if faults or found:
        raise SpecError({*faults, *found})
    return reading


def check(paths: Iterable[str | Path]) -> list[Fault]:
    """Every fault of experiments, or of instruments and frames by themselves, each once."""
    faults: set[Fault] = set()
    for path in paths:
        text = text_of_file(Path(path))
        if isinstance(text, Fault):
            faults.add(text)
            continue
        node, found = parse(text, str(path))
        keys = keys_of(node)
        if node is not None and "items" in keys and "assignment" not in keys:
            faults.update(found, of_tree(node, _beside(path)).faults)
            continue
        if node is not None and "assignment" not in keys and ("columns" in keys or Path(path).parent.name == "frames"):
            faults.update(found, frame_of(node)[1])
            continue
        try:
            read(path)
        except SpecError as error:
            faults.update(error.faults)
    return sorted(faults)


def _files(folder: Path) -> Files:
    """What stands in a folder: instruments, and the logos beside them."""

    def find(name: str) -> tuple[str, Found]:
        file = folder / name
        text_of = text_of_file if name.endswith(".yaml") else text_of_picture
        return str(file), text_of(file) if file.is_file() else None

    return find


def _beside(path: str | Path) -> Beside:
    files = _files(Path(path).parent)
    return lambda name: files(name)[1]


SINCE_FROZEN = frozenset({"SL208", "SL210"})
"""Codes of faults that a later version of the program can find in a study that had none."""


class _Desk:
    """One reading of one experiment."""

    def __init__(self, main: str, text: str, files: Files, there: tuple[str, ...], *, frozen: bool = False) -> None:
        self.main = main
        self.forgiven = SINCE_FROZEN if frozen else frozenset()
        self.files = files
        self.there = there
        self.documents = {PurePath(main).name: text}
        self.shelf: dict[str, InstrumentReading] = {}
        self.faults: set[Fault] = set()

    def study(self, folder: PurePath) -> Study:
        node, faults = parse(self.documents[PurePath(self.main).name], self.main)
        self.faults.update(faults)
        if node is None:
            raise SpecError(self.faults)
        for name in _instruments_named(node):
            self._fetch(name)
        reading = read_experiment(node)
        work = Workshop(reading, self.shelf)
        asked = AskedColumns(work.columns, work.unsettled, work.codes) if work.base.instrument else None
        self.faults.update(reading.faults, work.faults, quota_faults(reading, asked))
        faults = [each for each in self.faults if each.code not in self.forgiven]
        if faults:
            raise SpecError(faults)
        experiment = _experiment(PurePath(self.main).stem, reading, work)
        instruments = {name: found.instrument for name, found in self.shelf.items()}
        return Study(
            experiment=experiment,
            instruments=MappingProxyType(instruments),
            documents=MappingProxyType(self.documents),
            digest=digest(*(field for pair in sorted(self.documents.items()) for field in pair)).hex(),
            folder=folder,
        )

    def _fetch(self, named: Scalar) -> None:
        """Read an instrument and put it on the shelf."""
        if named.text in self.shelf:
            return
        file, text = self.files(f"{named.text}.yaml") if _INSTRUMENT.fullmatch(named.text) else ("", None)
        if text is None:
            self.faults.update(instrument_fault(named, self.there))
        elif isinstance(text, Fault):
            self.faults.add(text)
        elif PurePath(file).name in self.documents:
            what = f"the experiment and the instrument are both called {PurePath(file).name!r}."
            self.faults.add(Fault(self.main, 1, 1, "SL012", what, "Rename one of the files."))
        else:
            self.documents[PurePath(file).name] = text
            node, faults = parse(text, file)
            self.faults.update(faults)
            if node is not None:
                self.shelf[named.text] = of_tree(node, self._picture, forgiven=self.forgiven)
                self.faults.update(self.shelf[named.text].faults)

    def _picture(self, name: str) -> Found:
        """A logo beside the instruments, which is frozen with the texts of the study."""
        text = self.files(name)[1]
        if isinstance(text, str):
            self.documents[name] = text
        return text


def _instruments_named(node: Node) -> list[Scalar]:
    """Every instrument that a file names: of the measurement, and of levels that replace it."""
    found = [at(node, "measurement", "instrument")]
    factors = at(node, "assignment", "factors")
    for factor in factors.entries.values() if isinstance(factors, Keyed) else ():
        levels = at(factor, "levels")
        for level in levels.entries.values() if isinstance(levels, Keyed) else ():
            found += _replacing(at(factor, "varies"), level)
    return [each for each in found if isinstance(each, Scalar) and isinstance(each.value, str)]


def _replacing(varies: Node | None, level: Node) -> list[Node | None]:
    if isinstance(varies, Scalar):
        by_path = {"measurement.instrument": level, "measurement": at(level, "instrument")}
        return [by_path.get(varies.text)]
    return [at(level, "measurement.instrument"), at(level, "measurement", "instrument")]


def _experiment(slug: str, reading: ExperimentReading, work: Workshop) -> Experiment:
    section, outcomes = reading.section, reading.names.outcomes
    assert section.assignment is not None
    inquiries = []
    for name, each in section.inquiries.items():
        ((factor, contrast),) = each.contrast.items()
        scale = each.scale or outcomes.scale(each.outcome)
        inquiries.append(Inquiry(name, each.outcome, factor, contrast, scale, each.item, each.by))
    return Experiment(
        slug=slug,
        title=section.title,
        assignment=assignment_of(section.assignment, work.factors, work.design),
        inquiries=tuple(inquiries),
        estimators=section.estimators,
        decision=section.decision,
        frame=section.frame,
        sampling=section.sampling,
        contact=section.contact,
        measurement=section.measurement,
        messages=section.messages,
        assumptions=section.assumptions,
        data=data_of(section.data),
        seed=section.seed or slug,
        quotas=section.quotas,
        layer=section.layer,
        holdout=section.holdout,
        ramp=section.ramp,
        rest=section.rest,
        retention=section.retention,
    )
