using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Imgsync.Core.Reporting.Page;

/// <summary>Writes HTML and SVG. Whatever is not a tag is encoded, and made harmless on one line before, so that nothing that a publisher,
/// a cloud or a user wrote is ever markup.</summary>
internal sealed class Html
{
    private static readonly HashSet<string> Void = new(StringComparer.Ordinal) { "meta", "input" };

    private readonly StringBuilder _text = new("<!DOCTYPE html>\n");

    /// <summary>An element around what <paramref name="inside"/> writes.</summary>
    public Html Tag(string name, (string Name, object Value)[] attributes, Action inside)
    {
        Open(name, attributes);
        inside();
        _text.Append("</").Append(name).Append(">\n");
        return this;
    }

    public Html Tag(string name, (string Name, object Value)[] attributes, string? text = null)
    {
        Open(name, attributes);
        if (!Void.Contains(name))
            _text.Append(Encode(text ?? "")).Append("</").Append(name).Append(">\n");
        return this;
    }

    public Html Text(string text)
    {
        _text.Append(Encode(text));
        return this;
    }

    /// <summary>What is ours and constant: the style and the script.</summary>
    public Html Constant(string name, string content)
    {
        _text.Append('<').Append(name).Append('>').Append(content).Append("</").Append(name).Append(">\n");
        return this;
    }

    public override string ToString() => _text.ToString();

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text.OnOneLine());

    /// <param name="attributes">Numbers are rounded to a tenth of a pixel.</param>
    private void Open(string name, (string Name, object Value)[] attributes)
    {
        _text.Append('<').Append(name);
        foreach (var (attribute, value) in attributes)
        {
            var text = value is double number ? Math.Round(number, 1).ToString(CultureInfo.InvariantCulture) : value.ToString()!;
            _text.Append(' ').Append(attribute).Append("=\"").Append(Encode(text)).Append('"');
        }

        _text.Append('>');
    }
}
