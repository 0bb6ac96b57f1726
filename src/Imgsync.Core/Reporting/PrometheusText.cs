using System.Globalization;
using System.Text;

namespace Imgsync.Core.Reporting;

/// <summary>Writes gauges in Prometheus' text format, version 0.0.4 (Exposition formats, "Text-based format"). Why there is no library for
/// it is in docs/adr/0025.</summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();

    /// <summary>A gauge with a sample for each row; without rows it is left out.</summary>
    /// <param name="name">Its unit last, in base units, as <c>_seconds</c>.</param>
    public void Gauge(string name, string help, IEnumerable<((string Name, string Value)[] Labels, double Value)> rows)
    {
        var isFirst = true;
        foreach (var (labels, value) in rows)
        {
            if (isFirst)
                _text.Append("# HELP ").Append(name).Append(' ').Append(Escaped(help, quotes: false)).Append('\n')
                    .Append("# TYPE ").Append(name).Append(" gauge\n");
            isFirst = false;
            _text.Append(name);
            if (labels is not [])
                _text.Append('{')
                    .AppendJoin(',', labels.Select(label => $"{label.Name}=\"{Escaped(label.Value, quotes: true)}\"")).Append('}');
            _text.Append(CultureInfo.InvariantCulture, $" {value}\n");
        }
    }

    public override string ToString() => _text.ToString();

    private static string Escaped(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
