using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Loom.Wasm.Tests")]
