namespace Loom.Configuration;

/// <summary>Every setting, in one table: the only place that knows names, ranges and defaults.</summary>
public static class ConfigSchema
{
    /// <summary>The settings, in the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("data", SettingKind.Path, ".loom", "The folder that holds everything this host keeps: journal, keys, tokens, projections. One process at a time."),
        new("urls", SettingKind.Text, "http://127.0.0.1:5080", "Where to listen, separated by semicolons; port 0 takes a free one. Anything but loopback needs `auth.mode` = `token`."),
        new("environment", SettingKind.Text, "development", "The name of this installation, shown in the console. `production` colours the banner.") { OwnVariable = "LOOM_ENV" },
        new("machines", SettingKind.List, "", "Machines of your own: paths of DLLs with classes derived from Loom.Core's `Machine`."),
        new("samples", SettingKind.Switch, "true", "Whether the sample machines (`account`, `declaration`) are registered."),
        new("modules", SettingKind.List, "", "Folders with WebAssembly modules, registered when the host starts: `NAME.module.json` beside `NAME.wasm`. Of several for one actor type the first by name is used, unless `loom.modules` says otherwise."),
        new("journal.address", SettingKind.Text, "", "Where the journal is. Empty: embedded, in the data folder. `esdb://…`, `esdb+discover://…`, `kurrentdb://…`: a connection string of EventStoreDB (KurrentDB), or of another host that serves the protocol. `loom run --journal` sets it.") { HoldsCredentials = true },
        new("journal.credentialFile", SettingKind.Path, "", "A file that only this user can read, with what `journal.address` is not to hold: a line with the user's name and one with the password, or one line with a token of another host."),
        new("eventStoreDb.urls", SettingKind.Text, "http://127.0.0.1:2113", "Where the journal is served to clients of EventStoreDB (KurrentDB), separated by semicolons; port 0 takes a free one, `off` serves it nowhere. While nobody sets it, a taken port is only warned of. Anything but loopback needs `auth.mode` = `token`."),
        new("eventStoreDb.certificateFile", SettingKind.Path, "", "The PEM file with the certificate (and its chain) for `https` in `eventStoreDb.urls`."),
        new("eventStoreDb.keyFile", SettingKind.Path, "", "The PEM file with that certificate's key, readable by this user only."),
        new("eventStoreDb.advertise", SettingKind.Text, "", "The name and port, `HOST:PORT`, that clients which look for a cluster are sent to; empty takes the address that they asked."),
        new("auth.mode", SettingKind.Choice, "loopback", "`loopback`: callers on this machine are operators without login, and no other address is listened on. `token`: every caller brings a bearer token.") { Choices = ["loopback", "token"] },
        new("limits.body", SettingKind.Integer, "2097152", "Largest request body in bytes, other than uploads.") { Min = 1024, Max = 1 << 26 },
        new("limits.command", SettingKind.Integer, "1048576", "Largest body of a command in bytes, in its canonical form. Above 32768 it is kept as a blob beside the journal.") { Min = 1024, Max = 1 << 24 },
        new("limits.upload", SettingKind.Integer, "2147483648", "Largest uploaded event log in bytes.") { Min = 1024, Max = 1L << 40 },
        new("limits.bundle", SettingKind.Integer, "268435456", "Largest bundle in bytes that the server verifies.") { Min = 1024, Max = 1L << 32 },
        new("limits.headers", SettingKind.Integer, "32768", "Largest request header section in bytes.") { Min = 4096, Max = 1 << 20 },
        new("limits.connections", SettingKind.Integer, "2000", "Most connections at one time.") { Min = 10, Max = 1_000_000 },
        new("limits.tails", SettingKind.Integer, "200", "Most callers that follow the events (`GET /api/tail`) at one time.") { Min = 1, Max = 1_000_000 },
        new("runtime.activations", SettingKind.Integer, "20000", "Most actors held in memory.") { Min = 16, Max = 10_000_000 },
        new("runtime.mailbox", SettingKind.Integer, "256", "Most commands that wait for one actor; one more is answered `busy`.") { Min = 1, Max = 1_000_000 },
        new("runtime.idleSeconds", SettingKind.Integer, "600", "An actor unused for this long leaves memory.") { Min = 1, Max = 1_000_000 },
        new("runtime.snapshotEvery", SettingKind.Integer, "500", "Transitions between two snapshots of an actor; 0 takes none.") { Max = 1_000_000 },
        new("runtime.activityLanes", SettingKind.Integer, "32", "Most activities (what actors have done outside) under way at one time.") { Min = 1, Max = 10_000 },
        new("wasm.fuel", SettingKind.Integer, "1000000000", "Fuel for one decision of a module, about as many instructions. Verifiers and loading give the maximum, so that whatever was accepted can be run again.") { Min = 1000, Max = 4_000_000_000 },
        new("wasm.seconds", SettingKind.Integer, "60", "How long a call of a module may take by the clock: a second net beside the fuel.") { Min = 1, Max = 3600 },
        new("wasm.memoryPages", SettingKind.Integer, "1024", "Pages of 64 KiB that a module may ask for, to be registered. What a running module finds is always 1024 pages, or what it says itself.") { Min = 1, Max = 1024 },
        new("wasm.bytes", SettingKind.Integer, "8388608", "Largest module in bytes.") { Min = 1024, Max = 8_388_608 },
        new("blobs.store", SettingKind.Choice, "files", "Where blobs are kept. `files`: in the data folder. `s3`, `azure`: in an object store; `loom journal` and `loom blob`, which work without a host, see files only.") { Choices = ["files", "s3", "azure"] },
        new("blobs.address", SettingKind.Text, "", "The object store: for `s3` the service's address with the bucket as its path, for `azure` the container's address."),
        new("blobs.region", SettingKind.Text, "us-east-1", "The region that signatures for `s3` name."),
        new("blobs.credentialFile", SettingKind.Path, "", "A file that only this user can read. `s3`: a line with the access key's id, one with its secret. `azure`: account and key, or the address that gives tokens, client id and secret."),
        new("blobs.cache", SettingKind.Integer, "67108864", "Bytes of blobs held in memory; the least recently used go first.") { Max = 1L << 36 },
        new("proving.prover", SettingKind.Choice, "auto", "What makes proofs. `program`: `loom-prover` on this machine, started with the first use. `auto`: the same where there are policies, else nothing. `remote`: the service at `proving.address`. `off`: nothing; what the policies want proven waits.") { Choices = ["auto", "program", "remote", "off"] },
        new("proving.policies", SettingKind.Text, "", "What is proven, by actor type, as a JSON object: `{\"account\": \"when command.amount >= 1000\"}` ([formats/proofs.md](formats/proofs.md)). In the file it may stand as an object. A type with a policy other than `never` takes only modules that can be proven.") { IsObject = true, Live = true },
        new("proving.sets", SettingKind.List, "proven", "Parameter sets that this host accepts in policies, and names for its modules' images in its trust file."),
        new("proving.program", SettingKind.Path, "", "The program `loom-prover`; empty takes the one that `./loom` built in the checkout that this host lies in, else the one on the PATH."),
        new("proving.memory", SettingKind.Integer, "4096", "MiB of memory that a proof on this machine may take.") { Min = 256, Max = 1 << 20 },
        new("proving.threads", SettingKind.Integer, "0", "Threads that a proof on this machine computes with; 0 takes all.") { Max = 1024 },
        new("proving.address", SettingKind.Text, "", "The address of a prover's service (`loom-prover serve`), https beyond this machine."),
        new("proving.tokenFile", SettingKind.Path, "", "A file that only this user can read, whose one line is the token of that service; empty when it asks for none."),
        new("drain.seconds", SettingKind.Integer, "30", "How long a stopping host waits for the work it has begun.") { Min = 1, Max = 3600 },
        new("log.origin", SettingKind.Text, "", "The log's name in its checkpoints; empty takes `loom/` and a name made with the data folder. Fixed once the log has begun."),
        new("log.keyFolder", SettingKind.Path, "", "The folder with the log's key files; empty takes `keys` in the data folder. Hosts that share a journal and are all to build its log share the files."),
        new("log.publish", SettingKind.Text, "", "Where each new checkpoint goes outside the data folder: a file's path, or an address that takes an HTTP PUT."),
        new("log.passphraseFile", SettingKind.Path, "", "A file whose first line encrypts the key files at rest; empty leaves them in clear, readable by their owner only."),
        new("logging.level", SettingKind.Choice, "information", "Least severe message written.") { Choices = ["trace", "debug", "information", "warning", "error", "none"], Live = true },
        new("logging.format", SettingKind.Choice, "json", "`json`: one object a line on standard output. `text`: for reading.") { Choices = ["json", "text"] },
        new("telemetry.otlp", SettingKind.Text, "", "Address of an OTLP collector for traces and metrics; empty sends nothing."),
        new("telemetry.otlpProtocol", SettingKind.Choice, "http", "How to talk to the collector.") { Choices = ["http", "grpc"] },
        new("console", SettingKind.Switch, "true", "Whether the console's pages are served."),
    ];

    private static readonly Dictionary<string, Setting> ByName = All.ToDictionary(s => s.Name, StringComparer.Ordinal);

    /// <summary>The setting of a name, or null.</summary>
    public static Setting? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>What to say of a name that is none, with the nearest one that is.</summary>
    public static string Unknown(string name)
    {
        var nearest = All.MinBy(s => Distance(s.Name.ToUpperInvariant(), name.ToUpperInvariant()))!;
        var near = Distance(nearest.Name.ToUpperInvariant(), name.ToUpperInvariant()) <= Math.Max(2, name.Length / 3);
        return $"'{(name.Length > 60 ? name[..60] + "…" : name)}' is no setting{(near ? $"; did you mean '{nearest.Name}'?" : "; `loom config explain` lists them.")}";
    }

    // Levenshtein's distance; names are short, a hostile one is cut.
    private static int Distance(string a, string b)
    {
        b = b.Length > 100 ? b[..100] : b;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), changed);
            }
        }

        return row[b.Length];
    }
}
