namespace Imgsync.Core.Configuration;

/// <summary>A duration that may be nothing at all, or years. Every other one is a time-out, which a timer must be able to wait for.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AgeAttribute : Attribute;
