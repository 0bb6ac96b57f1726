using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Glance;

internal static class Connect
{
    public static CloudConnection To(CloudOptions cloud, CapturedLog? log = null, TimeProvider? time = null) =>
        new(cloud, time ?? TimeProvider.System, log ?? new CapturedLog());

    public static NewImage NewImage(string name) => new() { Id = Guid.NewGuid(), Name = name, DiskFormat = "raw" };
}
