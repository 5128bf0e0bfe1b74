using System.Text;
using Loom.Core;

namespace Loom.Provenance.Tests;

/// <summary>One way to forge a bundle, and the claim that has to notice. A null claim: nothing but the statement covers the change.</summary>
internal sealed record Mutation(string Family, string Name, Claim? Claim, Action<Unpacked> Apply);

/// <summary>The corpus: named families, applied at every transition of both streams.</summary>
internal static class Mutations
{
    public static IEnumerable<Mutation> All()
    {
        var plain = new Unpacked(Cases.TwoBundle());
        for (var s = 0; s < 2; s++)
        {
            var transitions = plain.Stream(s);
            for (var t = 0; t < transitions.Count; t++)
            {
                foreach (var m in AtTransition(s, t, transitions[t], transitions.Count))
                {
                    yield return m;
                }
            }
        }

        foreach (var m in Outside())
        {
            yield return m;
        }
    }

    private static IEnumerable<Mutation> AtTransition(int s, int t, List<StreamLine> old, int count)
    {
        var at = $"stream {s} transition {t}";
        var last = t == count - 1;
        var link = old[^1].Metadata.Link!;

        Mutation Lines(string family, string name, Claim? claim, Func<List<StreamLine>, IEnumerable<StreamLine>> change) =>
            new(family, $"{name}, {at}", claim, u =>
            {
                var all = u.Stream(s);
                all[t] = [.. change(all[t])];
                u.SetStream(s, all);
            });
        Mutation Last(string family, string name, Claim? claim, Func<StreamLine, StreamLine> change) =>
            Lines(family, name, claim, lines => [.. lines[..^1], change(lines[^1])]);
        Mutation Relink(string family, string name, Claim claim, Func<Link, Link> change) =>
            Last(family, name, claim, line =>
            {
                var changed = change(line.Metadata.Link!);
                return line with { Metadata = line.Metadata with { Link = changed, StatedHash = LinkJson.HashOf(changed) } };
            });
        Mutation Open(string name, Func<Opening, Opening> change) =>
            Last("edit", name, Claim.Intact, l => l with { Metadata = l.Metadata with { Opening = change(l.Metadata.Opening!) } });

        yield return Lines("edit", "an event's body", Claim.Intact, l => [l[0] with { Data = Encoding.UTF8.GetBytes("{\"amount\":\"999.00\"}") }, .. l[1..]]);
        yield return Lines("edit", "an event's type", Claim.Intact, l => [l[0] with { Type = "account.withdrawn" }, .. l[1..]]);
        yield return Lines("edit", "an event's id", Claim.Intact, l => [l[0] with { Id = new Guid(1, 2, 3, new byte[8]) }, .. l[1..]]);
        yield return Lines("edit", "an event's revision", Claim.Intact, l => [l[0] with { Revision = l[0].Revision + 1 }, .. l[1..]]);
        yield return Lines("edit", "an event's content type", Claim.Intact, l => [l[0] with { ContentType = EventData.Binary }, .. l[1..]]);
        yield return Lines("edit", "a body taken out", Claim.Intact, l => [l[0] with { IsNull = true, Data = default }, .. l[1..]]);
        yield return Open("the command's body", o => o with { Command = "{}"u8.ToArray() });
        yield return Open("the command taken out", o => o with { Command = null });
        yield return Open("the salt", o => o with { Salt = new byte[32] });
        yield return Last("edit", "the principal, hash left", Claim.Intact, l => l with { Metadata = l.Metadata with { Link = link with { Command = link.Command with { Principal = "mallory" } } } });
        yield return Last("edit", "the copied correlation", Claim.Intact, l => l with { Metadata = l.Metadata with { CorrelationCopy = "other" } });
        yield return Last("edit", "a copied cause that is not there", Claim.Intact, l => l with { Metadata = l.Metadata with { CausationCopy = "x" } });
        yield return Last("edit", "a copied trace that is not there", Claim.Intact, l => l with { Metadata = l.Metadata with { TraceparentCopy = "x" } });
        yield return Relink("edit", "the principal, hash recomputed", Claim.Signed, l => l with { Command = l.Command with { Principal = "mallory" } });
        yield return Relink("edit", "the roles, hash recomputed", Claim.Signed, l => l with { Command = l.Command with { Roles = ["DIRECTOR"] } });
        yield return Relink("change time", "a minute later, hash recomputed", Claim.Signed, l => l with { At = new Timestamp(l.At.Time.AddMinutes(1)) });
        yield return Relink("change time", "years earlier, hash recomputed", t == 0 ? Claim.Signed : Claim.Ordered, l => l with { At = new Timestamp(l.At.Time.AddYears(-3)) });
        yield return Relink("edit", "the fence raised, hash recomputed", last ? Claim.Signed : Claim.Ordered, l => l with { Fence = l.Fence + 10 });
        yield return Relink("edit", "the state digest, hash recomputed", last ? Claim.Intact : Claim.Ordered, l => l with { To = Digest.Of("x"u8) });
        yield return Relink("splice", "another past, hash recomputed", Claim.Ordered, l => l with { Prev = Digest.Of("x"u8), From = t == 0 ? l.To : l.From });
        yield return Relink("splice", "another stream's name, hash recomputed", Claim.Intact, l => l with { Stream = StreamName.Parse("account-eve") });

        yield return new("insert", $"the transition twice, {at}", Claim.Ordered, u =>
        {
            var all = u.Stream(s);
            all.Insert(t, all[t]);
            u.SetStream(s, all);
            var proofs = u.Text(BundleFiles.Inclusion);
            proofs.Insert(u.ProofsFrom(s) + t, proofs[u.ProofsFrom(s) + t]);
            u.SetText(BundleFiles.Inclusion, proofs);
        });
        yield return Lines("insert", "a made-up first event", Claim.Intact, l =>
            [l[0] with { Id = Guid.Empty, Metadata = new EventMetadata { Part = 0, PartCount = l.Count + 1 } }, .. l]);

        // Without its first or its last transition a history still fits together: that is what the statement is for.
        yield return new(last ? "truncate" : "drop", $"the transition, {at}", t == 0 || last ? null : Claim.Ordered, u =>
        {
            var all = u.Stream(s);
            all.RemoveAt(t);
            u.SetStream(s, all);
            var proofs = u.Text(BundleFiles.Inclusion);
            proofs.RemoveAt(u.ProofsFrom(s) + t);
            u.SetText(BundleFiles.Inclusion, proofs);
            if (last)
            {
                u.Files.Remove(BundleFiles.HeadState(s));
                u.Restate(); // the list of files has to fit, or the bundle is malformed
            }
        });
        if (!last)
        {
            yield return new("reorder", $"two transitions, {at}", Claim.Ordered, u =>
            {
                var all = u.Stream(s);
                (all[t], all[t + 1]) = (all[t + 1], all[t]);
                u.SetStream(s, all);
                var proofs = u.Text(BundleFiles.Inclusion);
                var i = u.ProofsFrom(s) + t;
                (proofs[i], proofs[i + 1]) = (proofs[i + 1], proofs[i]);
                u.SetText(BundleFiles.Inclusion, proofs);
            });
        }

        if (old.Count > 1)
        {
            yield return Lines("drop", "the first event", Claim.Intact, l => l[1..]);
            yield return Lines("reorder", "two bodies", Claim.Intact, l => [l[0] with { Data = l[1].Data }, l[1] with { Data = l[0].Data }, .. l[2..]]);
            yield return Lines("edit", "the part number", Claim.Intact, l => [l[0] with { Metadata = l[0].Metadata with { Part = 7 } }, .. l[1..]]);
        }

        yield return Proofs("splice", $"an index in the log, {at}", s, t, line => line.Replace("\"index\":", "\"index\":1", StringComparison.Ordinal));
        yield return Proofs("splice", $"a proof of nothing, {at}", s, t, _ => "{\"index\":0,\"proof\":\"\"}");
    }

    private static Mutation Proofs(string family, string name, int s, int t, Func<string, string> change) => new(family, name, Claim.Signed, u =>
    {
        var proofs = u.Text(BundleFiles.Inclusion);
        proofs[u.ProofsFrom(s) + t] = change(proofs[u.ProofsFrom(s) + t]);
        u.SetText(BundleFiles.Inclusion, proofs);
    });

    private static IEnumerable<Mutation> Outside()
    {
        yield return new("swap", "the two streams' files", Claim.Intact, u =>
            (u.Files[BundleFiles.Stream(0)], u.Files[BundleFiles.Stream(1)]) = (u.Files[BundleFiles.Stream(1)], u.Files[BundleFiles.Stream(0)]));
        yield return new("swap", "the two states", Claim.Intact, u =>
            (u.Files[BundleFiles.HeadState(0)], u.Files[BundleFiles.HeadState(1)]) = (u.Files[BundleFiles.HeadState(1)], u.Files[BundleFiles.HeadState(0)]));
        yield return new("edit", "a state", Claim.Intact, u => u.SetText(BundleFiles.HeadState(0), [u.Text(BundleFiles.HeadState(0))[0].Replace("balance\":", "balance\":9", StringComparison.Ordinal)]));
        yield return new("edit", "the README", null, u => u.Files[BundleFiles.Readme] = "trust me\n"u8.ToArray());
        yield return new("truncate", "the last inclusion proof", Claim.Signed, u => u.SetText(BundleFiles.Inclusion, u.Text(BundleFiles.Inclusion)[..^1]));
        yield return new("insert", "an inclusion proof too many", Claim.Signed, u => u.SetText(BundleFiles.Inclusion, [.. u.Text(BundleFiles.Inclusion), "{\"index\":1,\"proof\":\"\"}"]));
        yield return new("splice", "another history's streams and states", Claim.Signed, u => Splice(u));
        yield return new("splice", "another history's checkpoint", Claim.Signed, u => u.Files[BundleFiles.Checkpoint] = Encoding.UTF8.GetBytes(Cases.Two("x").Note(20, Cases.LogKey).Format()));
        foreach (var size in (long[])[0, 1, 19, 21, 1000])
        {
            yield return new("edit", $"the checkpoint's size to {size}", Claim.Signed, u =>
            {
                var note = u.Text(BundleFiles.Checkpoint);
                note[1] = size.ToString(System.Globalization.CultureInfo.InvariantCulture);
                u.SetText(BundleFiles.Checkpoint, note);
            });
        }
    }

    // The very same actors with another past, whole and consistent in itself; only the log never held it.
    private static void Splice(Unpacked u)
    {
        var other = new Unpacked(History.Bundle(Cases.Two("x").Source(Cases.LogKey, [Cases.Alice, Cases.Bob]), Cases.LogKey));
        foreach (var file in other.Files.Keys.Where(f => f.StartsWith("st", StringComparison.Ordinal)).ToArray())
        {
            u.Files[file] = other.Files[file];
        }
    }
}
