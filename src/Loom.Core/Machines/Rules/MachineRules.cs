using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Loom.Core;

/// <summary>Something a machine's code may not do.</summary>
/// <param name="Type">The type it was found in.</param>
/// <param name="Member">The method, or the member that carries the value.</param>
/// <param name="Found">What was found there.</param>
/// <param name="Remedy">What to do instead.</param>
public sealed record MachineFinding(string Type, string Member, string Found, string Remedy)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => $"{Type}.{Member}: {Found}. {Remedy}";
}

/// <summary>
/// Reads the compiled code of an assembly with machines in it and finds what would make their decisions impossible to repeat: clocks,
/// randomness, threads, files, network, environment; and in states, commands and events the number types that JSON cannot keep exactly.
/// Looks at the machine types, the types nested in them (lambdas and iterators are), and every type of the same assembly that these use.
/// A guard against mistakes, not against malice: code that goes through reflection or another assembly is not seen.
/// </summary>
public static class MachineRules
{
    /// <summary>Checks a loaded assembly by its file.</summary>
    /// <exception cref="ArgumentException">The assembly was loaded from memory.</exception>
    [RequiresAssemblyFiles("An assembly inside a single-file program has no file; check it before it is published.")]
    public static IReadOnlyList<MachineFinding> Check(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return assembly.Location.Length > 0
            ? Check(assembly.Location)
            : throw new ArgumentException($"{assembly.GetName().Name} was loaded from memory; check its file before loading it.", nameof(assembly));
    }

    /// <summary>Checks an assembly's file without loading it; empty when nothing is wrong.</summary>
    /// <exception cref="FormatException">The file is no .NET assembly.</exception>
    public static IReadOnlyList<MachineFinding> Check(string path)
    {
        using var file = File.OpenRead(path);
        try
        {
            using var pe = new PEReader(file);
            if (!pe.HasMetadata)
            {
                throw new FormatException($"{Path.GetFileName(path)} is no .NET assembly.");
            }

            return new MachineScan(pe, pe.GetMetadataReader()).Run();
        }
        catch (BadImageFormatException e)
        {
            throw new FormatException($"{Path.GetFileName(path)} is no .NET assembly: {e.Message}", e);
        }
    }
}
