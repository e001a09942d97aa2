/** Names of OpenTelemetry's conventions that traces use; those of generative AI are still in development there. */
export const SPAN = {
  method: 'http.request.method',
  route: 'http.route',
  status: 'http.response.status_code',
  errorType: 'error.type',
  rows: 'guerdon.rows',
  cachedRows: 'guerdon.cached_rows',
  failures: 'guerdon.failures',
  batch: 'guerdon.batch',
  signal: 'guerdon.signal',
  protocol: 'guerdon.protocol',
} as const

export const EVALUATION = {
  event: 'gen_ai.evaluation.result',
  name: 'gen_ai.evaluation.name',
  value: 'gen_ai.evaluation.score.value',
  label: 'gen_ai.evaluation.score.label',
  explanation: 'gen_ai.evaluation.explanation',
  responseId: 'gen_ai.response.id',
} as const
