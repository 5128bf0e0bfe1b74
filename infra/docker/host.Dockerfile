# The host, with the loom command beside it. Build from the checkout's root:
#   docker build -f infra/docker/host.Dockerfile -t loom/host:0.1.0 .
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
WORKDIR /source
COPY global.json LICENSE THIRD-PARTY-NOTICES.md ./
COPY infra/build infra/build
COPY src src
COPY web web
COPY samples samples
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
RUN dotnet publish src/Loom.Host/Loom.Host.csproj -c Release -o /app --nologo \
 && dotnet publish src/Loom.Cli/Loom.Cli.csproj -c Release -o /app --nologo

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12-noble
COPY --from=build /app /app
COPY --from=build /source/LICENSE /source/THIRD-PARTY-NOTICES.md /licenses/
COPY --chmod=0755 infra/docker/healthy.sh infra/docker/metrics-token.sh infra/docker/journal-credentials.sh /usr/local/bin/
# A named volume takes the owner and mode of the folder it covers: the journal is nobody else's business.
RUN mkdir -p /data /secrets /token \
 && chown 1654:1654 /data /secrets /token \
 && chmod 0700 /data /secrets \
 && chmod 0750 /token
ENV PATH=/app:$PATH \
    DOTNET_EnableDiagnostics=0 \
    LOOM_DATA=/data \
    LOOM_URLS=http://0.0.0.0:5080 \
    LOOM_AUTH_MODE=token
USER 1654:1654
WORKDIR /data
VOLUME /data
EXPOSE 5080 2113
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 CMD ["healthy.sh", "5080", "/health/ready"]
ENTRYPOINT ["dotnet", "/app/Loom.Host.dll"]
