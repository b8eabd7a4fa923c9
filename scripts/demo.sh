#!/usr/bin/env bash
# Installs missing packages, builds warp2vec, trains on a text and shows the nearest neighbours of some words.
# usage: scripts/demo.sh [FILE-OR-FOLDER...]     (without one: the text of an English dictionary)
set -euo pipefail
root=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
out=$root/build/demo
program=$root/build/release/warp2vec
vectors=$out/vectors.bin
dictionary=$out/gcide.txt

# choose_settings VOCABULARY: sets `settings` for texts that are too small for the defaults.
choose_settings() {
  local tokens frequent
  read -r tokens frequent < <(awk '{ n += $2 } $2 >= 5 { f++ } END { print n + 0, f + 0 }' "$1")
  settings=()
  if ((frequent < 1000)); then
    echo "Small text: also training words that occur only once (--min-count 1)"
    settings+=(--min-count 1)
  fi
  if ((tokens < 1000000)); then
    settings+=(--epochs $((tokens < 200000 ? 50 : 10000000 / tokens)))
    echo "Small text: ${settings[-1]} passes instead of 5 (--epochs)"
  fi
}

# typical_words VOCABULARY: up to five words that are neither very frequent nor rare nor short.
typical_words() {
  LC_ALL=C awk '
    $1 ~ /^[A-Za-z\200-\377]+$/ && length($1) > 3 { word[++n] = $1 }
    END {
      first = 1 + (n < 1000 ? int(n / 10) : 100)
      last = n < 2000 ? int((n + 1) / 2) : 1000
      step = last - first < 4 ? 1 : int((last - first) / 4)
      for (i = first; i <= n && shown++ < 5; i += step) print word[i]
      if (n == 0) print $1
    }' "$1"
}

inputs=()
for text in "$@"; do
  inputs+=(--input "$(realpath -e -- "$text")")
done
"$root"/scripts/build-program.sh
mkdir -p "$out"
if (($#)); then
  "$program" vocab "${inputs[@]}" --min-count 1 --quiet --output "$out"/all-words.txt
  choose_settings "$out"/all-words.txt
else
  "$root"/scripts/fetch-dictionary.sh "$dictionary"
  inputs=(--input "$dictionary")
  settings=()
fi

printf '\n== Training\n'
"$program" train "${inputs[@]}" --output "$vectors" --save-vocab "$out"/vocabulary.txt "${settings[@]}"

printf '\n== Nearest neighbours\n'
if (($#)); then
  mapfile -t words < <(typical_words "$out"/vocabulary.txt)
else
  words=(copper violin river disease anger king)
fi
"$program" neighbors --vectors "$vectors" --top 6 -- "${words[@]}"

cat <<END

The vectors are in $vectors (word2vec's binary format; gensim and others read it).
Try next:
  $program neighbors --vectors $vectors WORD
  $0 YOUR-TEXT-FILE
  $program --help
END
