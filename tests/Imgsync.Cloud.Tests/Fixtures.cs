[assembly: AssemblyFixture(typeof(DevCloud))]
[assembly: AssemblyFixture(typeof(Azurite))]
