using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Imgsync.Testing;

/// <summary>Begins with the classes that are <see cref="LongAttribute"/>; the others come in xunit's own order, which is another one after
/// each build. One of them that began last would run on alone.</summary>
/// <remarks>tests/Directory.Build.targets puts this into every test assembly.</remarks>
public sealed class LongFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. DefaultTestCollectionOrderer.Instance.OrderTestCollections(testCollections).OrderByDescending(collection => IsLong(collection))];

    private static bool IsLong(ITestCollection collection) =>
        collection is IXunitTestCollection { TestAssembly.Assembly: var assembly }
        && assembly.GetTypes().Any(type => type.IsDefined(typeof(LongAttribute)) && IsOf(type, collection.TestCollectionDisplayName));

    private static bool IsOf(Type type, string collection) =>
        type.GetCustomAttribute<CollectionAttribute>() is { } named
            ? named.Name == collection
            : collection.StartsWith($"Test collection for {type.FullName} ", StringComparison.Ordinal);
}

/// <summary>The tests of this class, which run one after another, take longer than those of most classes.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class LongAttribute : Attribute;
