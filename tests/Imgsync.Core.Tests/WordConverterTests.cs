using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Imgsync.Core.Content;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Tests;

/// <summary>A word has one spelling in JSON, tables, messages and metrics.</summary>
public sealed class WordConverterTests
{
    private static readonly Type[] Enumerations =
    [
        .. typeof(ImgsyncServices).Assembly.GetTypes()
            .Where(type => type.IsEnum && type.GetCustomAttribute<JsonConverterAttribute>() is not null),
    ];

    public static TheoryData<string> Names => [.. Enumerations.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_word_is_in_lower_case_and_both_its_spellings_are_read_as_a_value_and_as_a_key(string name)
    {
        var type = Enumerations.Single(type => type.Name == name);
        var keyed = typeof(Dictionary<,>).MakeGenericType(type, typeof(int));
        foreach (var value in Enum.GetValues(type))
        {
            var json = JsonSerializer.Serialize(value, type);

            Assert.Matches("^\"[a-z0-9]+([-.][a-z0-9]+)*\"$", json);
            Assert.Equal(value, JsonSerializer.Deserialize(json, type));
            Assert.Equal(value, JsonSerializer.Deserialize($"\"{value}\"", type));
            var written = JsonSerializer.Serialize(JsonSerializer.Deserialize($"{{\"{value}\":1}}", keyed), keyed);
            Assert.Equal($"{{{json}:1}}", written);
        }
    }

    [Fact]
    public void A_word_is_that_of_the_metrics()
    {
        Assert.Equal("\"up-to-date\"", JsonSerializer.Serialize(OutcomeKind.UpToDate));
        Assert.Equal("\"would-publish\"", JsonSerializer.Serialize(OutcomeKind.WouldPublish));
        Assert.Equal("\"tar.xz\"", JsonSerializer.Serialize(Packing.TarXz));
        Assert.Equal("up-to-date", Telemetry.TelemetryNames.Of(OutcomeKind.UpToDate));
    }

    [Theory]
    [InlineData("\"uptodate-\"")]
    [InlineData("\"\"")]
    [InlineData("1")]
    [InlineData("null")]
    public void Any_other_word_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<OutcomeKind>(json));

    /// <summary>Whoever adds an enumeration to a record that is stored or answered gives it its words.</summary>
    [Fact]
    public void No_record_that_is_stored_or_answered_has_an_enumeration_without_words()
    {
        var contexts = typeof(ImgsyncServices).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(JsonSerializerContext))).ToList();
        var roots = contexts.SelectMany(context => context.GetCustomAttributesData())
            .Where(one => one.AttributeType == typeof(JsonSerializableAttribute))
            .Select(one => (Type)one.ConstructorArguments[0].Value!);

        var bare = roots.SelectMany(root => Reached(root, [])).Where(type => type.IsEnum).Except(Enumerations).Distinct();

        Assert.Equal([typeof(DigestAlgorithm)], bare); // stands in no document: it is hashed with a catalogue's entry
        Assert.InRange(contexts.Count, 4, int.MaxValue);
    }

    private static HashSet<Type> Reached(Type type, HashSet<Type> known)
    {
        var inner = type.IsGenericType ? type.GetGenericArguments() : type.IsArray ? [type.GetElementType()!] : [];
        foreach (var next in inner)
            Reached(next, known);
        if (type.Assembly == typeof(ImgsyncServices).Assembly && known.Add(type))
        {
            foreach (var property in type.GetProperties().Where(one => one.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition is not JsonIgnoreCondition.Always))
                Reached(property.PropertyType, known);
        }

        return known;
    }
}
