"""The lamp speaks Morse. Times are in units: a dot is one, a dash three."""

CODE = {
    "A": ".-", "B": "-...", "C": "-.-.", "D": "-..", "E": ".", "F": "..-.", "G": "--.", "H": "....", "I": "..",
    "J": ".---", "K": "-.-", "L": ".-..", "M": "--", "N": "-.", "O": "---", "P": ".--.", "Q": "--.-", "R": ".-.",
    "S": "...", "T": "-", "U": "..-", "V": "...-", "W": ".--", "X": "-..-", "Y": "-.--", "Z": "--..",
}
DOT, DASH = 1, 3
GAP_IN_LETTER, GAP_IN_WORD, GAP_OF_WORDS = 1, 3, 7


def flashes(text):
    """The text as dots and dashes: letters apart by a blank, words by " / "."""
    return " / ".join(" ".join(CODE[letter] for letter in word) for word in text.upper().split())


def letter_units(code):
    lit = sum(DOT if flash == "." else DASH for flash in code)
    return lit + GAP_IN_LETTER * (len(code) - 1)


def word_units(word):
    return sum(letter_units(CODE[letter]) for letter in word) + GAP_IN_WORD * (len(word) - 1)


def units(text):
    """How long the lamp needs for the text."""
    words = text.upper().split()
    return sum(map(word_units, words)) + GAP_OF_WORDS * max(len(words) - 1, 0)
