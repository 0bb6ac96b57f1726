using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Imgsync.Core.Configuration.Sources;

/// <summary>One value of a YAML document, with the place where it is written. YamlDotNet's own tree neither merges as YAML does
/// (<c>&lt;&lt;</c>: what stands in the mapping wins) nor says where a key is written twice.</summary>
internal sealed record YamlValue(int Line)
{
    private const int Deepest = 100;

    // YAML 1.2's null, and the ways to write it that YAML 1.1 has besides.
    private static readonly string[] Nulls = ["", "~", "null", "Null", "NULL"];

    /// <summary>Null where it is a mapping, a list or nothing.</summary>
    public string? Scalar { get; private init; }

    public List<YamlValue>? Items { get; private init; }

    public OrderedDictionary<string, YamlValue>? Mapping { get; private init; }

    /// <exception cref="YamlException">It is no YAML, or has a key twice.</exception>
    public static IEnumerable<YamlValue> ReadAll(string text)
    {
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        while (parser.TryConsume<DocumentStart>(out _))
        {
            yield return Read(parser, []);
            parser.Consume<DocumentEnd>();
        }
    }

    private static YamlValue Read(Parser parser, Dictionary<AnchorName, YamlValue> anchors, int depth = 0)
    {
        if (depth > Deepest)
            throw new YamlException(parser.Current!.Start, parser.Current.End, "it nests deeper than any setting");
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.GetValueOrDefault(alias.Value)
                ?? throw new YamlException(alias.Start, alias.End, $"the anchor '{alias.Value}' is not there");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
            return Known(anchors, scalar, new YamlValue(LineOf(scalar)) { Scalar = IsNull(scalar) ? null : scalar.Value });
        if (parser.TryConsume<SequenceStart>(out var start))
        {
            var list = Known(anchors, start, new YamlValue(LineOf(start)) { Items = [] });
            while (!parser.TryConsume<SequenceEnd>(out _))
                list.Items!.Add(Read(parser, anchors, depth + 1));
            return list;
        }

        var opening = parser.Consume<MappingStart>();
        var keys = new OrderedDictionary<string, YamlValue>(StringComparer.Ordinal);
        var mapping = Known(anchors, opening, new YamlValue(LineOf(opening)) { Mapping = keys });
        FillMapping(keys, parser, anchors, depth);
        return mapping;
    }

    private static void FillMapping(
        OrderedDictionary<string, YamlValue> mapping, Parser parser, Dictionary<AnchorName, YamlValue> anchors, int depth)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        var merged = new List<YamlValue>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key))
                throw new YamlException(parser.Current!.Start, parser.Current.End, "a key is a word, not a list or a mapping");
            var value = Read(parser, anchors, depth + 1);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
                merged.AddRange(Merged(value, key));
            else if (lines.TryAdd(key.Value, LineOf(key)))
                mapping[key.Value] = value;
            else
                throw new YamlException(key.Start, key.End, $"'{key.Value}' stands here and at line {lines[key.Value]}");
        }

        foreach (var (key, value) in merged.SelectMany(other => other.Mapping!))
            mapping.TryAdd(key, value);
    }

    private static List<YamlValue> Merged(YamlValue value, Scalar key)
    {
        var others = value.Items ?? [value];
        return others.TrueForAll(other => other.Mapping is not null)
            ? others
            : throw new YamlException(key.Start, key.End, "<< takes a mapping, or a list of mappings");
    }

    private static YamlValue Known(Dictionary<AnchorName, YamlValue> anchors, NodeEvent written, YamlValue value)
    {
        if (!written.Anchor.IsEmpty)
            anchors[written.Anchor] = value;
        return value;
    }

    private static bool IsNull(Scalar scalar) =>
        scalar.Style is ScalarStyle.Plain or ScalarStyle.Any && Nulls.Contains(scalar.Value, StringComparer.Ordinal);

    private static int LineOf(ParsingEvent written) => (int)written.Start.Line;
}
