"""The words by which people answer a text message to get no more of them."""

from __future__ import annotations

import unicodedata

STOP_WORDS = {
    "en": (
        "STOP",
        "STOPALL",
        "STOP ALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "REVOKE",
        "OPTOUT",
        "OPT OUT",
        "REMOVE",
    ),
    "de": ("STOPP", "ENDE", "ABMELDEN", "ABBESTELLEN", "AUSTRAGEN", "ABBRECHEN", "BEENDEN"),
    "fr": ("ARRÊT", "ARRÊTER", "ARRÊTEZ", "DÉSABONNER", "DÉSINSCRIRE", "DÉSINSCRIPTION", "ANNULER", "FIN"),
    "es": ("ALTO", "BAJA", "PARAR", "DETENER", "CANCELAR", "SALIR"),
    "ar": ("توقف", "قف", "أوقف", "إيقاف", "إلغاء", "إلغاء الاشتراك"),
}
"""Language of the pages -> its words. Whoever answers may use those of any: STOP is known everywhere."""


def is_stop(text: str) -> bool:
    """Whether a whole answer is one of the words: capitals, accents and the signs around it make no difference."""
    return _plain(text) in _KNOWN


def _plain(text: str) -> str:
    """Small letters without accents (the hamza of an alif is one), signs as spaces, single spaces."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    kept = (sign if sign.isalnum() else " " for sign in parts if not unicodedata.combining(sign))
    return " ".join("".join(kept).split())


_KNOWN = frozenset(_plain(word) for words in STOP_WORDS.values() for word in words)
