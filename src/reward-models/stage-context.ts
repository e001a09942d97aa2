/** The context of one of several trainings inside a recipe. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { RecipeContext } from './recipe.ts'

/**
 * The same context under a name: progress says `name: stage`, checkpoints lie in a folder of that name, so that two
 * trainings with equal stages never read each other's.
 */
export function stageContext(context: RecipeContext, name: string): RecipeContext {
  const { progress, checkpoints, data } = context
  const folder = checkpoints === undefined ? undefined : join(checkpoints, name.replaceAll(/[^\w.-]+/g, '-'))
  if (folder !== undefined) mkdirSync(folder, { recursive: true })
  return {
    ...context,
    ...(progress && {
      progress: (stage: string, step: number, steps: number, loss: number) =>
        progress(`${name}: ${stage}`, step, steps, loss),
    }),
    ...(folder !== undefined && { checkpoints: folder, data: `${data ?? ''} ${name}` }),
  }
}
