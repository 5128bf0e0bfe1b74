using Loom.Testing;

namespace Loom.Host.Tests;

/// <summary>Modules over HTTP.</summary>
internal static class Uploads
{
    public static Task<HttpResponseMessage> ModuleAsync(this HttpClient http, SampleModule module, string query = "") =>
        http.PostAsync("/api/modules" + query, new MultipartFormDataContent
        {
            { Json.Bytes(module.Wasm, "application/wasm"), "module", "module.wasm" },
            { Json.Bytes(module.Manifest, "application/json"), "manifest", "module.json" },
        });
}
