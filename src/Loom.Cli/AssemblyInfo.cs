using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Loom.Cli.Tests")]
