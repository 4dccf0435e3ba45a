// The tagger of words: 8192 words, 64 parts of speech.
#include "lstm_tagger.h"

int main(int argc, char **argv) {
  ingot::manual_seed(1);
  return export_tagger(argc, argv, "words", LSTMTagger(64, 64, 8192, 64));
}
