# The prover's service. Build from the checkout's root:
#   docker build -f infra/docker/prover.Dockerfile -t loom/prover:0.1.0 .
FROM rust:1.88.0-slim-bookworm AS build
WORKDIR /source
COPY prover prover
RUN cargo build --release --locked -p loom-prover --manifest-path prover/Cargo.toml

FROM debian:12.11-slim
COPY --from=build /source/prover/target/release/loom-prover /usr/local/bin/loom-prover
COPY LICENSE THIRD-PARTY-NOTICES.md /licenses/
COPY --chmod=0755 infra/docker/healthy.sh /usr/local/bin/
RUN groupadd --gid 1654 loom \
 && useradd --uid 1654 --gid 1654 --no-create-home --shell /usr/sbin/nologin loom \
 && mkdir -p /data \
 && chown 1654:1654 /data \
 && chmod 0700 /data
USER 1654:1654
WORKDIR /data
VOLUME /data
EXPOSE 7707
HEALTHCHECK --interval=10s --timeout=10s --start-period=10s --retries=3 CMD ["healthy.sh", "7707", "/healthz"]
ENTRYPOINT ["loom-prover"]
# Loopback needs no token; on other addresses the service wants --token-file.
CMD ["serve", "--listen", "127.0.0.1:7707", "--data", "/data"]
