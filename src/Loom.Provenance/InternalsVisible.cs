[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Loom.Provenance.Tests")]
