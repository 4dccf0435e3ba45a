// The tagger of words: 8192 words, 64 parts of speech.
#include "lstm_tagger.h"

int main(int argc, char **argv) {
  ingot::manual_seed(1);
  LSTMTagger model(64, 64, 8192, 64);
  // Most words are rare: what little was learned of one must not drown in what it began with.
  nn::init::normal_(model->word_embeddings->weight, 0, 0.02);
  return export_tagger(argc, argv, "words", model);
}
