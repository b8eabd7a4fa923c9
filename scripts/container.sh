#!/usr/bin/env bash
# The two steps of an image with warp2vec, for the Dockerfile and warp2vec.def, as root on Debian or Ubuntu.
# usage: scripts/container.sh build FOLDER     builds warp2vec, with CUDA where nvcc is, and installs it in FOLDER
#        container.sh prepare FOLDER           installs what the program in FOLDER needs, and makes a user for it
set -euo pipefail

# Installs the program, not the library, and lists the packages of this distribution that it needs.
build() {
  local folder=$1 root cuda=OFF
  root=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
  "$root"/scripts/install-dependencies.sh build mpi
  apt-get install -qq --yes --no-install-recommends git # tells the program its commit
  if command -v nvcc /usr/local/cuda/bin/nvcc >/dev/null; then cuda=ON; fi
  cmake -S "$root" --preset release -DWARP2VEC_BUILD_TESTS=OFF -DWARP2VEC_WERROR=OFF -DWARP2VEC_CUDA=$cuda \
    -DWARP2VEC_MPI=ON
  cmake --build "$root"/build/release --parallel "$(nproc)"
  cmake --install "$root"/build/release --prefix "$folder" --strip
  rm -r "$folder"/include "$folder"/lib/{cmake,pkgconfig,*.a}
  install -D --mode=644 --target-directory="$folder"/share/doc/warp2vec "$root"/LICENSE
  # mpirun starts processes on other machines by SSH; in containers a server receives them.
  {
    printf '%s\n' openmpi-bin openssh-client openssh-server
    objdump --private-headers "$folder"/bin/warp2vec "$folder"/lib/warp2vec/*.so |
      awk '$1 == "NEEDED" { print "*/" $2 }' | xargs dpkg-query --search | grep --invert-match '^diversion' |
      cut --delimiter=: --fields=1
  } | sort --unique >"$folder"/packages
}

prepare() {
  local folder=$1
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive xargs --arg-file="$folder"/packages \
    apt-get install -qq --yes --no-install-recommends -o Dpkg::Use-Pty=0
  # Each image has the keys of its host from outside.
  rm -rf /var/lib/apt/lists/* /var/log/{apt,dpkg.log} /etc/ssh/ssh_host_*
  ln -s "$folder"/bin/warp2vec /usr/local/bin/warp2vec
  useradd --uid 10000 --create-home --shell /bin/bash warp2vec

  # A server that this user can run: /usr/sbin/sshd -De -f /home/warp2vec/.sshd_config, once keys are in .ssh. The names
  # of containers change, and with them their keys.
  cat >/home/warp2vec/.sshd_config <<'END'
Port 2222
PidFile none
HostKey /home/warp2vec/.ssh/id_rsa
StrictModes no
END
  cat >/etc/ssh/ssh_config.d/warp2vec.conf <<'END'
Host *
  Port 2222
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
END
}

if (($# != 2)) || [[ $1 != build && $1 != prepare ]]; then
  echo "usage: $0 build|prepare FOLDER" >&2
  exit 2
fi
"$1" "$2"
