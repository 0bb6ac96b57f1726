namespace Imgsync.Core.Signatures.Documents;

/// <summary>
/// Proves that a file is its publisher's. One good signature by a key whose full fingerprint is pinned suffices, be it
/// the key itself or a signing subkey of it; other signatures in the same file are ignored.
/// </summary>
public sealed class SignatureVerifier(KeyFinder keys, TimeProvider time)
{
    private const int LargestSignature = 64 * 1024;

    /// <summary>A simplestreams document of Ubuntu's has 18 MB.</summary>
    private const int LargestClearSigned = 32 * 1024 * 1024;

    /// <summary>Checks a signature that lies beside its file, armoured or binary.</summary>
    /// <param name="fingerprints">Full fingerprints; one of their keys must have signed.</param>
    /// <param name="what">The file, for messages: its URL without anything secret in it.</param>
    /// <returns>Who signed, and when.</returns>
    /// <exception cref="SignatureException">The content is not provably the publisher's.</exception>
    /// <exception cref="KeyUnavailableException">The key server, which alone may have the key, does not answer.</exception>
    public async Task<GoodSignature> VerifyDetachedAsync(
        ReadOnlyMemory<byte> content,
        ReadOnlyMemory<byte> signature,
        IReadOnlyList<string> fingerprints,
        string what,
        CancellationToken cancellationToken)
    {
        return await FindSignerAsync(ReadDetached(signature, what), new SignedFile(content), fingerprints, what, cancellationToken);
    }

    /// <summary>Checks all of a signature that can be checked before the bytes come that it is over.</summary>
    /// <inheritdoc cref="VerifyDetachedAsync" path="/param|/exception"/>
    /// <returns>Who claims to have signed, and when.</returns>
    public async Task<GoodSignature> ExamineAsync(
        ReadOnlyMemory<byte> signature, IReadOnlyList<string> fingerprints, string what, CancellationToken cancellationToken) =>
        await FindSignerAsync(ReadDetached(signature, what), content: null, fingerprints, what, cancellationToken);

    /// <summary>Starts to check a signature over bytes that pass by once.</summary>
    /// <inheritdoc cref="VerifyDetachedAsync" path="/param|/exception"/>
    public SignedPass Begin(ReadOnlyMemory<byte> signature, IReadOnlyList<string> fingerprints, string what)
    {
        var signatures = ReadDetached(signature, what);
        var now = time.GetUtcNow();
        var open = signatures.Where(one => one.Fault(now) is null).ToList();
        if (open.Count == 0)
            throw Refused(what, signatures[0].Fault(now)!);
        var content = Read(what, LargestSignature, signature, _ => DocumentSignature.Pass(open));
        return new SignedPass(content, cancellationToken => FindSignerAsync(open, content, fingerprints, what, cancellationToken));
    }

    private static IReadOnlyList<DocumentSignature> ReadDetached(ReadOnlyMemory<byte> signature, string what) =>
        Read(what, LargestSignature, signature, ReadDetached);

    /// <summary>Checks a file that carries its signature in itself, and returns what of it is signed.</summary>
    /// <inheritdoc cref="VerifyDetachedAsync" path="/param|/exception"/>
    public async Task<ClearSigned> VerifyClearSignedAsync(
        ReadOnlyMemory<byte> file, IReadOnlyList<string> fingerprints, string what, CancellationToken cancellationToken)
    {
        var signed = Read(what, LargestClearSigned, file, ClearSignedText.Parse);
        var good = await FindSignerAsync(signed.Signatures, new SignedFile(signed.Canonical), fingerprints, what, cancellationToken);
        return new ClearSigned(good.Fingerprint, good.MadeAt, signed.Text) { KeyEnds = good.KeyEnds };
    }

    /// <summary>Which keys a signature names, each by its fingerprint, or by its short id where it has no more. It proves nothing: anybody
    /// can write them there.</summary>
    /// <param name="signature">Detached, or around its text.</param>
    /// <returns>None where it is no signature that can be read.</returns>
    public static IReadOnlyList<string> Issuers(ReadOnlyMemory<byte> signature)
    {
        try
        {
            var isAround = signature.Span.StartsWith("-----BEGIN PGP SIGNED"u8);
            var all = isAround ? ClearSignedText.Parse(signature).Signatures : ReadDetached(signature);
            return [.. all.Select(one => one.Issuer).Distinct(StringComparer.Ordinal)];
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    private static IReadOnlyList<DocumentSignature> ReadDetached(ReadOnlyMemory<byte> bytes) =>
        DocumentSignature.ReadAll(Armour.IsBinary(bytes.Span) ? bytes : Armour.DecodeOnly(Armour.Signature, bytes.Span));

    private async Task<GoodSignature> FindSignerAsync(
        IReadOnlyList<DocumentSignature> signatures,
        SignedContent? content,
        IReadOnlyList<string> fingerprints,
        string what,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var pins = Normalize(fingerprints, what);
        var open = signatures.Where(signature => signature.Fault(now) is null).ToList();
        if (open.Count == 0)
            throw Refused(what, signatures[0].Fault(now)!);

        string? fault = null;
        await foreach (var found in keys.FindAsync(pins, cancellationToken))
        {
            foreach (var signature in open.ToList())
            {
                if (Judge(signature, content, found, now) is not { } verdict)
                    continue;

                if (verdict.Fault is null)
                    return new GoodSignature(found.Fingerprint, signature.MadeAt) { KeyEnds = verdict.Ends };

                fault = verdict.Fault;
                if (verdict.IsFinal)
                    open.Remove(signature);
            }

            if (open.Count == 0)
                break;
        }

        var nobody = $"no place that was asked has a pinned key ({string.Join(", ", pins)}) which made it";
        throw Refused(what, fault ?? $"{nobody}; its issuer is {open[0].Issuer}");
    }

    /// <summary>Null when the signature does not even claim to be made by this key.</summary>
    private static KeyVerdict? Judge(DocumentSignature signature, SignedContent? content, FoundKey found, DateTimeOffset now)
    {
        if (found.Keys.FirstOrDefault(signature.Names) is not { } key)
            return null;

        var verdict = SigningKeys.Judge(found.Ring, key, now);
        if (verdict.Fault is { } fault)
            return verdict with { Fault = $"its key {key.Fingerprint()} {fault}" };

        return signature.IsOlderThan(key) ? KeyVerdict.Never($"it is older than its key {key.Fingerprint()}")
            : content is null || signature.Covers(content, key) ? verdict
            : KeyVerdict.Never($"it does not match the content, though it claims to be made by {key.Fingerprint()}");
    }

    private static T Read<T>(string what, int largest, ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, T> read)
    {
        try
        {
            return bytes.Length <= largest ? read(bytes) : throw new InvalidDataException($"it is larger than {largest.InBytes()}");
        }
        catch (InvalidDataException e)
        {
            throw Refused(what, e.Message, e);
        }
    }

    // A short key id can be forged in minutes, so it pins nothing.
    private static List<string> Normalize(IReadOnlyList<string> fingerprints, string what)
    {
        if (fingerprints.Count == 0 || fingerprints.FirstOrDefault(pin => pin.Length != 40 || !pin.All(char.IsAsciiHexDigit)) is not null)
        {
            throw new SignatureException(
                $"The signature of {what} cannot be checked: pin at least one key, each by its full fingerprint of 40 hex digits.");
        }

        return [.. fingerprints.Select(pin => pin.ToUpperInvariant())];
    }

    private static SignatureException Refused(string what, string fault, Exception? cause = null) => new(
        $"The signature of {what} is refused: {fault}; use the publisher's own files, "
        + "and see that its current key is in a configured keyring or on the key server.",
        cause);
}

/// <summary>A signature that holds.</summary>
/// <param name="Fingerprint">The pinned fingerprint that signed, in upper-case hex.</param>
/// <param name="MadeAt">By the signature's own, signed time.</param>
public sealed record GoodSignature(string Fingerprint, DateTimeOffset MadeAt)
{
    /// <summary>When the key that signed ends, or its primary key; null for never.</summary>
    public DateTimeOffset? KeyEnds { get; init; }
}
