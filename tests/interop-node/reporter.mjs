// One line of JSON a test, for the project that shows each as a result of its own.
export default async function* (source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const error = data.details?.error;
    const cause = error?.cause ?? error;
    yield JSON.stringify({
      name: data.name,
      passed: type === 'test:pass',
      ms: Math.round(data.details?.duration_ms ?? 0),
      message: error ? String(cause?.stack ?? cause) : null,
    }) + '\n';
  }
}
