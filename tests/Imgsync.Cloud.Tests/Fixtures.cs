[assembly: AssemblyFixture(typeof(DevCloud))]
[assembly: AssemblyFixture(typeof(Azurite))]
[assembly: AssemblyFixture(typeof(Imgsync.Functions.Tests.Engine.WorkflowEngine))]
