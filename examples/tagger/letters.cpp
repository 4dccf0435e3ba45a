// The tagger of letters: 128 letters, 128 letters with accents.
#include "lstm_tagger.h"

int main(int argc, char **argv) {
  ingot::manual_seed(1);
  return export_tagger(argc, argv, "letters", LSTMTagger(32, 64, 128, 128));
}
