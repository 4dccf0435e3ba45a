#!/usr/bin/env python3
"""The tagger and the character model, in a shortened form: sequences.py BUILD-FOLDER SOURCE-FOLDER

Both are trained by their compiled steps and used, by programs that link the objects alone.
"""

import re
import resource
import signal
import subprocess

from support import BUILD, ProgramTest, main

TAGGER = BUILD / "examples" / "tagger" / "tagger"
CHARLM = BUILD / "examples" / "charlm" / "charlm"


class Sequences(ProgramTest):
    def test_accents(self):
        words = ["été", "élan", "elle", "mère", "père", "frère", "les", "des", "école", "étude", "hôtel"] * 30
        (self.folder / "words").write_text("\n".join(words) + "\n")
        model = self.folder / "model"
        text = self.run_program(TAGGER, "--train", "--data", self.folder / "words", "--epochs", 8, "--model", model)
        found = re.search(r"held-out accuracy (\S+), of the most frequent tag (\S+);", text)
        self.assertGreater(float(found.group(1)), float(found.group(2)))
        self.assertIn("epoch 8/8", text)
        self.assertEqual(self.run_program(TAGGER, "--model", model, "mere elle ecole"), "mère elle école\n")
        self.assertEqual(self.run_program(TAGGER, "--model", model, input="pere\n\nfrere les\n"), "père\n\nfrère les\n")

    def test_full_disk_keeps_the_old_file(self):
        words, model = self.folder / "words", self.folder / "model.safetensors"
        words.write_text("\n".join(["elle", "les", "des"] * 10) + "\n")
        model.write_text("old")

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))

        error = self.run_program(TAGGER, "--train", "--data", words, "--epochs", 1, "--model", self.folder / "model",
                                 status=1, preexec_fn=limit)
        self.assertIn("model.safetensors", error)
        self.assertEqual(model.read_text(), "old")
        self.assertEqual(len(list(self.folder.iterdir())), 3)  # with the vocabulary: nothing half-written

    def test_tags(self):
        sentence = "the\tDET\ndog\tNOUN\nsees\tVERB\na\tDET\ncat\tNOUN\n.\tPUNCT\n\n"
        other = "cats\tNOUN\nsee\tVERB\nthe\tDET\ndogs\tNOUN\n\n"
        (self.folder / "tags").write_text((sentence + other) * 30)
        model = self.folder / "model"
        self.run_program(TAGGER, "--train", "--data", self.folder / "tags", "--quiet", "--model", model)
        self.assertEqual(self.run_program(TAGGER, "--model", model, "a dog sees cats ."),
                         "a/DET dog/NOUN sees/VERB cats/NOUN ./PUNCT\n")

    def test_tagger_errors(self):
        (self.folder / "tags").write_text("the\tDET\ndog\n")
        self.assertIn("tags:2: a word, a tab and a tag",
                      self.run_program(TAGGER, "--train", "--data", self.folder / "tags", status=1))
        self.assertIn("/no/such", self.run_program(TAGGER, "--train", "--data", "/no/such", status=1))
        self.assertIn("train a model first", self.run_program(TAGGER, "--model", "/no/such", "word", status=1))
        self.assertIn("--epochs needs a number from 1 to 2147483647, got 'none'; --help lists all",
                      self.run_program(TAGGER, "--train", "--epochs", "none", status=2))
        self.assertIn("--train takes no text, got 'an elephant'", self.run_program(TAGGER, "--train", "an", "elephant", status=2))
        self.assertIn("/no/such/model cannot be written: /no/such is no folder",
                      self.run_program(TAGGER, "--train", "--model", "/no/such/model", status=1))
        (self.folder / "empty").write_text("")
        (self.folder / "few").write_text("été\n")
        (self.folder / "binary").write_bytes(b"\x7fELF\0\1\n" * 20)
        for name, message in [("empty", "empty or not readable"), ("few", "at least 10 words or sentences"),
                              ("binary", "binary:1: a text is required"), (".", "empty or not readable")]:
            error = self.run_program(TAGGER, "--train", "--data", self.folder / name, status=1)
            self.assertIn(message, error)
        self.assertIn("unknown argument --tran; --help lists all", self.run_program(TAGGER, "--tran", status=2))
        self.assertIn("unknown argument -m", self.run_program(TAGGER, "-m", status=2))
        self.assertIn("--data needs a value", self.run_program(TAGGER, "--data", status=2))
        self.assertIn("usage: tagger --train", self.run_program(TAGGER, "--help"))
        self.assertEqual(self.run_program("sh", "-c", f"{TAGGER} --help >/dev/full", status=1),
                         "tagger: standard output: No space left on device\n")

    def test_odd_texts(self):
        """Letters of any kind, lines of a text with punctuation, words that nobody knows."""
        (self.folder / "text").write_text("Où est l'été? 日本 ça va — très bien, ÉLÈVE!\r\n\n" * 20)
        model = self.folder / "model"
        self.run_program(TAGGER, "--train", "--data", self.folder / "text", "--model", model, "--quiet")
        self.assertEqual(self.run_program(TAGGER, "--model", model, "TRES 日本 Ω"), "très 日本 Ω\n")
        self.assertEqual(self.run_program(TAGGER, "--model", model, input=b"\xff\xfe eleve".decode("latin1")).count(" "), 1)

    def interrupt(self, *command):
        """Presses Ctrl-C when the program begins to show its progress."""
        program = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, text=True)
        program.stdout.readline()
        program.send_signal(signal.SIGINT)
        text = program.communicate()[0]
        self.assertEqual(program.returncode, 0, text)
        self.assertIn("interrupted; ", text)

    def test_interrupted_training_keeps_what_was_learned(self):
        (self.folder / "words").write_text("\n".join(["été", "elle", "les"] * 100) + "\n")
        model = self.folder / "model"
        self.interrupt(TAGGER, "--train", "--data", self.folder / "words", "--epochs", 100000, "--model", model)
        self.assertRegex(self.run_program(TAGGER, "--model", model, "ete"), "^[eé]t[eé]\n$")
        (self.folder / "text").write_text("The cat sat on the mat. " * 200)
        model = self.folder / "model.safetensors"
        self.interrupt(CHARLM, "--train", "--data", self.folder / "text", "--steps", 100000, "--model", model)
        self.assertTrue(self.run_program(CHARLM, "--model", model, "--length", 5, "The"))

    def test_characters(self):
        (self.folder / "text").write_text("The cat sat on the mat. " * 200)
        model = self.folder / "model.safetensors"
        text = self.run_program(CHARLM, "--train", "--data", self.folder / "text", "--steps", 200, "--model", model)
        losses = [float(x) for x in re.findall(r"held-out (\S+) ", text)]
        self.assertLess(losses[-1], losses[0] / 3)
        # More than the model's context: it goes on with half of what it has written.
        written = self.run_program(CHARLM, "--model", model, "--length", 200, "--temperature", 0.1, "The cat")
        self.assertTrue(written.startswith("The cat sat on the mat. The cat sat"), written)
        self.assertEqual(len(written), len("The cat") + 200 + 1)
        self.assertIn("cannot read", self.run_program(CHARLM, "--train", "--data", "/no/such", status=1))

    def test_character_errors(self):
        (self.folder / "short").write_text("The cat sat on the mat. ")
        error = self.run_program(CHARLM, "--train", "--data", self.folder / "short", status=1)
        self.assertIn("at least 2580 characters are required, got 24", error)
        self.assertIn("train one first", self.run_program(CHARLM, "--model", "/no/such", status=1))
        (self.folder / "empty").write_text("")
        self.assertIn("characters are required, got 0",
                      self.run_program(CHARLM, "--train", "--data", self.folder / "empty", status=1))
        self.assertIn("/no/such/model cannot be written: /no/such is no folder",
                      self.run_program(CHARLM, "--train", "--model", "/no/such/model", status=1))
        self.assertIn("from 0.01 to 100, got 'nan'", self.run_program(CHARLM, "--temperature", "nan", status=2))
        self.assertIn("--help lists all", self.run_program(CHARLM, "--tran", status=2))
        self.assertIn("usage: charlm --train", self.run_program(CHARLM, "--help"))


if __name__ == "__main__":
    main()
