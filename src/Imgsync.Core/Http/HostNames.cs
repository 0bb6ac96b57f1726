using System.Net.Sockets;

namespace Imgsync.Core.Http;

/// <summary>Tells a host name that does not exist from a name server that does not answer just now.</summary>
internal static class HostNames
{
    /// <summary>True where the name service said that there is no such name: a wrong one is no better a second later.</summary>
    public static bool IsUnknown(Exception? failure) => failure switch
    {
        null => false,
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => true,
        AggregateException several => several.InnerExceptions.All(IsUnknown), // the storage library's, one for each attempt
        _ => IsUnknown(failure.InnerException),
    };
}
