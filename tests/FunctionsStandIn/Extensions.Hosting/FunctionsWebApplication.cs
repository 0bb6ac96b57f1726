using Microsoft.Azure.Functions.Worker.Builder;

namespace Microsoft.Extensions.Hosting;

public static class FunctionsWebApplication
{
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder) => builder;
}
