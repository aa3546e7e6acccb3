# Ibid in a small image: the binary, the system's trust store, nothing else; no shell, no root.
#
#   docker build -t ibid .
#   docker run --rm --read-only -v ibid:/data -v "$PWD/essays:/essays:ro" ibid check /essays
#
# Everything Ibid writes is under /data; the rest may be read-only.

FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /build
COPY . .
RUN cargo build --release --locked --bin ibid && mkdir /data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /build/target/release/ibid /usr/local/bin/ibid
# A new volume takes its owner from here; 65532 is the image's nonroot user.
COPY --from=build --chown=65532:65532 /data /data
VOLUME /data
WORKDIR /data
USER 65532:65532

# A check is a run that ends, so there is no service to ask. This says whether the binary can start
# at all (the right architecture, its libraries there), and costs no network and no archive.
HEALTHCHECK --interval=5m --timeout=10s CMD ["/usr/local/bin/ibid", "--version"]

ENTRYPOINT ["/usr/local/bin/ibid"]
CMD ["--help"]
