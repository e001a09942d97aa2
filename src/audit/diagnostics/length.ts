/** Whether longer answers of equal quality earn more. */
import { attributeBias } from '../attribute-bias.ts'
import { defineDiagnostic } from '../diagnostic.ts'

/** Partial correlation of reward and length inside prompts with the held-back column as control (`attributeBias`). */
export const length = defineDiagnostic({
  name: 'length',
  description: 'Longer answers of equal quality earn more.',
  needs: ['length', 'groups'],
  guard: 'Control for length: a length penalty inside the group, a length-blind reward (ODIN), or PAR.',
  compute(context) {
    const measured = attributeBias(context, {
      name: 'length',
      phrase: 'are longer',
      values: context.table.length!.values,
    })
    return measured === null ? { missing: 'lengths and rewards that differ inside prompts' } : [measured]
  },
})
