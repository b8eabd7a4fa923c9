# warp2vec with Open MPI; docs/distributed.md says how to use it.
#   docker build -t warp2vec .
# with GPUs, from images of one distribution and version (base lacks cuBLAS, which --loss softmax needs: runtime has it):
#   docker build -t warp2vec:cuda --build-arg BUILD_IMAGE=nvidia/cuda:13.0.1-devel-ubuntu24.04 \
#     --build-arg RUNTIME_IMAGE=nvidia/cuda:13.0.1-base-ubuntu24.04 .
ARG BUILD_IMAGE=debian:12-slim
ARG RUNTIME_IMAGE=debian:12-slim

FROM ${BUILD_IMAGE} AS build
COPY scripts/install-dependencies.sh /
RUN /install-dependencies.sh build mpi
COPY . /source
RUN /source/scripts/container.sh build /opt/warp2vec

FROM ${RUNTIME_IMAGE}
COPY --from=build /source/scripts/container.sh /opt/
COPY --from=build /opt/warp2vec /opt/warp2vec
RUN /opt/container.sh prepare /opt/warp2vec && install --directory --owner=warp2vec /data
# Where process_vm_readv is forbidden, as in many containers, Open MPI warns before it does without.
ENV OMPI_MCA_btl_vader_single_copy_mechanism=none
USER 10000
WORKDIR /data
CMD ["warp2vec", "--help"]
