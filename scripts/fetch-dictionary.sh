#!/usr/bin/env bash
# Makes a text for training, unless it is there: the Collaborative International Dictionary of English from Debian's
# dict-gcide, one sentence a line, in lower case. The package is unpacked, not installed: it would bring a dictionary
# server along.
# usage: scripts/fetch-dictionary.sh FILE
set -euo pipefail
scripts=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")")
file=$1

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

[[ ! -s $file ]] || exit 0
printf '\n== Fetching the dictionary\n'
mkdir -p "$(dirname -- "$file")"
package=$(mktemp -d)
trap 'rm -rf "$package"' EXIT
(
  cd "$package"
  download=(apt-get download -qq -o APT::Sandbox::User=root dict-gcide)
  "${download[@]}" 2>/dev/null || { "$scripts"/install-dependencies.sh lists && "${download[@]}"; }
  dpkg-deb -x dict-gcide_*.deb .
)
zcat "$package"/usr/share/dictd/gcide.dict.dz | as_sentences >"$file".new
mv "$file".new "$file"
