[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Loom.Provenance.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Loom.Receipts.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Loom.Benchmarks")]
