#!/usr/bin/env bash
# Installs what is missing, builds warp2vec, trains it on text and shows the nearest neighbours of some words.
# usage: scripts/demo.sh [FILE-OR-FOLDER...]     (without one: the text of an English dictionary)
set -euo pipefail
root=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
out=$root/build/demo
program=$root/build/release/warp2vec
vectors=$out/vectors.bin

build() {
  "$root"/scripts/install-dependencies.sh build
  # Kernels take minutes to compile: only where a GPU could run them.
  local cuda=OFF
  if command -v nvidia-smi >/dev/null; then cuda=AUTO; fi
  printf '\n== Building\n'
  cmake -S "$root" --preset release -DWARP2VEC_BUILD_TESTS=OFF -DWARP2VEC_WERROR=OFF -DWARP2VEC_CUDA=$cuda >/dev/null
  cmake --build "$root"/build/release --target warp2vec --parallel "$(nproc)"
}

# The Collaborative International Dictionary of English from Debian's dict-gcide, one sentence a line, in
# lower case. The package is unpacked, not installed: it would bring a dictionary server along.
fetch_dictionary() {
  local package=$out/package
  [[ -s $out/gcide.txt ]] && return
  printf '\n== Fetching the dictionary\n'
  rm -rf "$package"
  mkdir -p "$package"
  (
    cd "$package"
    download=(apt-get download -qq -o APT::Sandbox::User=root dict-gcide)
    "${download[@]}" 2>/dev/null || { "$root"/scripts/install-dependencies.sh lists && "${download[@]}"; }
    dpkg-deb -x dict-gcide_*.deb .
  )
  zcat "$package"/usr/share/dictd/gcide.dict.dz | as_sentences >"$out"/gcide.txt.new
  mv "$out"/gcide.txt.new "$out"/gcide.txt
  rm -r "$package"
}

as_sentences() {
  LC_ALL=C awk '
    BEGIN         { RS = "" }  # a record is a paragraph: a headword with its first sense, or a further sense
    /^00-database/ { next }
    {
      gsub(/\n +/, " ")
      gsub(/\\[^\\]*\\|\([^()]*\[[^()]*\)/, " ")          # \pro*nun"ci*a`tion\ (pr[-o]*n[u^]n...)
      while (gsub(/\[[^][]*\]/, " ")) {}                  # [etymology] [source]
      gsub(/--[ A-Z][A-Za-z. ]*|\([A-Z][^()]*\.\)/, " ")  # --Author. (Zool.)
      $0 = tolower($0)
      gsub(/[a-z][a-z][a-z][)}"]*[.;:!?]/, "&\n")         # sentences end here, but not at "v. t."
      gsub(/[^a-z\n]+/, " ")
      print
    }' | awk 'NF > 2'
}

# choose_settings VOCABULARY: sets `settings` for texts that are too small for the defaults.
choose_settings() {
  local tokens frequent
  read -r tokens frequent < <(awk '{ n += $2 } $2 >= 5 { f++ } END { print n + 0, f + 0 }' "$1")
  settings=()
  if ((frequent < 1000)); then
    echo "A small text: even words that occur once are trained (--min-count 1)"
    settings+=(--min-count 1)
  fi
  if ((tokens < 1000000)); then
    settings+=(--epochs $((tokens < 200000 ? 50 : 10000000 / tokens)))
    echo "A small text: ${settings[-1]} passes over it instead of 5 (--epochs)"
  fi
}

# typical_words VOCABULARY: five words, if there are, that are neither the commonest nor rare nor short.
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
build
mkdir -p "$out"
if (($#)); then
  "$program" vocab "${inputs[@]}" --min-count 1 --quiet --output "$out"/all-words.txt
  choose_settings "$out"/all-words.txt
else
  fetch_dictionary
  inputs=(--input "$out"/gcide.txt)
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
