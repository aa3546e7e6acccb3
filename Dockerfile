# Ibid in a small image: the binary, the system's trust store, nothing else; no shell, no root.
#
#   docker build -t ibid .
#   docker run -d --read-only -v ibid:/data -v "$PWD/essays:/essays:ro" ibid serve /essays
#   docker run --rm --read-only -v ibid:/data ibid report
#
# Everything Ibid writes is under /data; the rest may be read-only. Settings are read from
# /data/ibid.toml, where there is one.

FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /build
COPY . .
RUN cargo build --release --locked --bin ibid && mkdir /data /completions \
    && target/release/ibid man /man \
    && target/release/ibid completions bash > /completions/ibid

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /build/target/release/ibid /usr/local/bin/ibid
COPY --from=build /man /usr/local/share/man/man1
COPY --from=build /completions /usr/local/share/bash-completion/completions
# A new volume takes its owner from here; 65532 is the image's nonroot user.
COPY --from=build --chown=65532:65532 /data /data
VOLUME /data
WORKDIR /data
USER 65532:65532

# Asks the service at service.listen whether it lives. A check or a report ends before it is asked.
HEALTHCHECK --interval=1m --timeout=10s --start-period=1m CMD ["/usr/local/bin/ibid", "health"]

ENTRYPOINT ["/usr/local/bin/ibid"]
CMD ["serve"]
