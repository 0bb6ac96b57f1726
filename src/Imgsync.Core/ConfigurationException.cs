namespace Imgsync.Core;

/// <summary>Settings that cannot work, every fault at once. Trying again does not help.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> faults)
    : ImgsyncException(string.Join(' ', faults))
{
    public ConfigurationException(string fault)
        : this([fault])
    {
    }

    /// <summary>One sentence each, naming the key.</summary>
    public IReadOnlyList<string> Faults { get; } = [.. faults.Select(fault => fault.OnOneLine())];

    /// <summary>One fault a line.</summary>
    public override string Message => string.Join(Environment.NewLine, Faults);
}
