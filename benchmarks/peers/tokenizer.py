"""Tokens out of texts, with the vocabulary that ships with Freshet."""


class BytePairTokenizer:
    """The vocabulary that ships with Freshet; words once encoded are remembered."""

    def __init__(self, path):
        self.entries = [bytes([b]) for b in range(256)]
        with open(path, encoding="ascii", newline="\n") as lines:
            self.entries += [self._unescape(line.rstrip("\n")) for line in lines]
        self.ids = {entry: i for i, entry in enumerate(self.entries)}
        self.cache = {}

    @staticmethod
    def _unescape(line):
        entry, at = bytearray(), 0
        while at < len(line):
            if line[at] != "\\":
                entry.append(ord(line[at]))
                at += 1
            elif line[at + 1] == "x":
                entry.append(int(line[at + 2 : at + 4], 16))
                at += 4
            else:
                entry.append(ord("\n" if line[at + 1] == "n" else line[at + 1]))
                at += 2
        return bytes(entry)

    def encode(self, text):
        tokens, at = [], 0
        while at < len(text):
            end = self._word_end(text, at)
            word = text[at:end]
            known = self.cache.get(word)
            if known is None:
                known = self.cache[word] = self._merge(word)
            tokens += known
            at = end
        return tokens

    @staticmethod
    def _word_end(text, start):
        def is_letter(b):
            return 97 <= b <= 122 or 65 <= b <= 90

        def is_space(b):
            return b == 32 or 9 <= b <= 13

        at, size = start, len(text)
        if text[at] == 32 and at + 1 < size and not is_space(text[at + 1]):
            at += 1
        if is_letter(text[at]):
            while at < size and is_letter(text[at]):
                at += 1
            return at
        if not is_space(text[at]) or text[at] == 10:
            return at + 1
        while at + 1 < size and is_space(text[at]) and text[at] != 10 and is_space(text[at + 1]):
            at += 1
        return max(at, start + 1)

    def _merge(self, word):
        parts = [bytes([b]) for b in word]
        while len(parts) > 1:
            pairs = [self.ids.get(parts[i] + parts[i + 1], 1 << 30) for i in range(len(parts) - 1)]
            best = min(pairs)
            if best == 1 << 30:
                break
            at = pairs.index(best)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return [self.ids[part] for part in parts]
