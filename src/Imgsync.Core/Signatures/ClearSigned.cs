namespace Imgsync.Core.Signatures;

/// <summary>The signed part of a clear-signed file.</summary>
/// <param name="Fingerprint">The pinned fingerprint that signed, in upper-case hex.</param>
/// <param name="Text">
/// Exactly what the signature covers: dash-unescaped, without blanks at line ends. Every line ends in a line feed.
/// </param>
public sealed record ClearSigned(string Fingerprint, byte[] Text);
