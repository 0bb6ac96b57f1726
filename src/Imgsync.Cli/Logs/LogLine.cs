using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Imgsync.Core;
using Imgsync.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Imgsync.Cli.Logs;

/// <summary>One event, on one line.</summary>
/// <param name="Message">One sentence, without level, time and program name: each form adds its own.</param>
internal sealed record LogLine(LogLevel Level, string Message)
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The run, the distribution and the cloud that it is about, as far as it is about one.</summary>
    public LogSubject About { get; init; }

    /// <summary>It is about the whole run, whichever image was at work when it was told.</summary>
    public bool IsOfRun { get; init; }

    /// <summary>Who says it: a class of ours, or of a library; null for the program.</summary>
    public string? Category { get; init; }

    /// <summary>The event's name.</summary>
    public string? Event { get; init; }

    /// <summary>With its stack.</summary>
    public Exception? Failure { get; init; }

    /// <summary><c>error</c>, <c>warning</c>, <c>information</c>, <c>debug</c>: as <c>log.level</c> spells it.</summary>
    public string LevelName => Level switch
    {
        >= LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        LogLevel.Information => "information",
        _ => "debug",
    };

    /// <summary>What the journal reads: syslog's number of the level (sd-daemon(3)).</summary>
    public string JournalPrefix => Level switch
    {
        LogLevel.Critical => "<2>",
        LogLevel.Error => "<3>",
        LogLevel.Warning => "<4>",
        LogLevel.Information => "<6>",
        _ => "<7>",
    };

    /// <summary><c> run=20240717T181100Z-3f9a distribution=debian12 cloud=lyon</c>, as far as it is known.</summary>
    public string Suffix => string.Concat(About.Fields.Select(each => $" {each.Name}={each.Value.OnOneLine()}"));

    /// <summary>A JSON object without a line break in it.</summary>
    public string AsJson(DateTimeOffset at)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteString("time", at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", LevelName);
            json.WriteString("message", Message.OnOneLine());
            foreach (var (name, value) in About.Fields)
                json.WriteString(name, value);
            if (Category is not null)
                json.WriteString("category", Category);
            if (Event is { Length: > 0 })
                json.WriteString("event", Event);
            if (Failure is not null)
                json.WriteString("exception", Failure.ToString());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}

/// <summary>What an event is about. Null is what it is not about, or not one of.</summary>
internal readonly record struct LogSubject(string? Run, string? Distribution, string? Cloud)
{
    public IEnumerable<(string Name, string Value)> Fields
    {
        get
        {
            if (Run is { Length: > 0 })
                yield return (TelemetryNames.Run, Run);
            if (Distribution is { Length: > 0 })
                yield return (TelemetryNames.Distribution, Distribution);
            if (Cloud is { Length: > 0 })
                yield return (TelemetryNames.Cloud, Cloud);
        }
    }

    /// <summary>What the innermost scopes say; for what they do not, <paramref name="otherwise"/>.</summary>
    public static LogSubject Of(IExternalScopeProvider scopes, LogSubject otherwise)
    {
        var found = new Found();
        scopes.ForEachScope((scope, found) =>
        {
            if (scope is IEnumerable<KeyValuePair<string, object?>> fields)
                found.Take(fields);
        }, found);
        return new LogSubject(found.Run ?? otherwise.Run, found.Distribution ?? otherwise.Distribution, found.Cloud ?? otherwise.Cloud);
    }

    /// <summary>What a message is filled in with, where it names them: <c>{Distribution} for {Cloud}</c>.</summary>
    public static LogSubject Of<TState>(TState state)
    {
        var found = new Found();
        if (state is IEnumerable<KeyValuePair<string, object?>> fields)
            found.Take(fields);
        return new LogSubject(found.Run, found.Distribution, found.Cloud);
    }

    private sealed class Found
    {
        public string? Run { get; private set; }

        public string? Distribution { get; private set; }

        public string? Cloud { get; private set; }

        public void Take(IEnumerable<KeyValuePair<string, object?>> fields)
        {
            foreach (var (name, value) in fields)
            {
                if (name.Equals(TelemetryNames.Run, StringComparison.OrdinalIgnoreCase))
                    Run = value?.ToString();
                else if (name.Equals(TelemetryNames.Distribution, StringComparison.OrdinalIgnoreCase))
                    Distribution = value?.ToString();
                else if (name.Equals(TelemetryNames.Cloud, StringComparison.OrdinalIgnoreCase))
                    Cloud = value?.ToString();
            }
        }
    }
}
