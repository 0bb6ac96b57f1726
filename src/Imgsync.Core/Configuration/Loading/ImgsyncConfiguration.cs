namespace Imgsync.Core.Configuration.Loading;

/// <summary>Settings that hold together, what to tell about them, and where each came from.</summary>
public sealed record ImgsyncConfiguration(
    ImgsyncOptions Options,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<EffectiveSetting> Settings);

/// <summary>One line of <c>imgsync config show</c>; a secret's value is already masked.</summary>
public sealed record EffectiveSetting(string Key, string Value, string Origin);
