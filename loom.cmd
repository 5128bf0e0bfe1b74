@echo off
rem Runs the loom command of this checkout; builds what is stale first. Needs the .NET 10 SDK.
setlocal
set "ROOT=%~dp0"
set "CLI=%ROOT%src\Loom.Cli\bin\Release\net10.0\loom.dll"
set "HOST=%ROOT%src\Loom.Host\bin\Release\net10.0\Loom.Host.dll"
set "STAMP=%ROOT%artifacts\launcher.stamp"
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_NOLOGO=1
where dotnet >nul 2>nul || (
  echo loom: dotnet was not found. 1>&2
  echo   remedy: install the .NET 10 SDK from https://dotnet.microsoft.com/download/dotnet/10.0 1>&2
  exit /b 69
)
if not exist "%CLI%" goto build
if not exist "%HOST%" goto build
if not exist "%STAMP%" goto build
powershell -NoProfile -Command "$s=(Get-Item $env:STAMP).LastWriteTimeUtc; $n=Get-ChildItem -Recurse -File (src,web,samples,infra\build | ForEach-Object { Join-Path $env:ROOT $_ }) | Where-Object { $_.FullName -notmatch '\\(bin|obj|node_modules|_framework|\.loom)\\' -and $_.LastWriteTimeUtc -gt $s } | Select-Object -First 1; if ($n) { exit 1 }"
if errorlevel 1 goto build
goto run
:build
dotnet --list-sdks | findstr /b "10." >nul || (
  echo loom: the .NET 10 SDK was not found. 1>&2
  echo   remedy: install it from https://dotnet.microsoft.com/download/dotnet/10.0 1>&2
  exit /b 69
)
if exist "%CLI%" (echo Building Loom... 1>&2) else (echo Building Loom ^(first run: about a minute^)... 1>&2)
if not exist "%ROOT%artifacts" mkdir "%ROOT%artifacts"
echo building> "%STAMP%.new"
dotnet build "%ROOT%infra\launcher.slnf" -c Release --nologo -v q -clp:ErrorsOnly > "%ROOT%artifacts\launcher.log" 2>&1
if errorlevel 1 (
  echo loom: the build failed. 1>&2
  type "%ROOT%artifacts\launcher.log" 1>&2
  exit /b 70
)
move /y "%STAMP%.new" "%STAMP%" >nul
:run
if /i not "%~1"=="run" if /i not "%~1"=="demo" if /i not "%~1"=="bench" goto start
where cargo >nul 2>nul || goto start
cargo build --release --locked -q -p loom-prover --manifest-path "%ROOT%prover\Cargo.toml" > "%ROOT%artifacts\prover.log" 2>&1 || (
  echo loom: the prover was not built, so nothing is proven: see "%ROOT%artifacts\prover.log" 1>&2
)
:start
set LOOM_LAUNCHER=loom
dotnet "%CLI%" %*
exit /b %errorlevel%
