/** Texts for generated runs: code, chat, worked maths, templates with fillers, bare answers. */
import type { RandomStream } from '../../src/numerics/random.ts'

export const styles = ['code', 'chat', 'maths', 'template', 'short'] as const
export type Style = (typeof styles)[number]

const subjects =
  'the city,a good plan,my neighbour,this recipe,the old library,a small team,the second draft,your garden,the morning train,a careful reader,the budget,that engine,the river,our product,the lecture'.split(
    ',',
  )
const verbs =
  'needs,changes,supports,explains,replaces,follows,opens,reduces,improves,describes,avoids,carries,measures,protects,invites'.split(
    ',',
  )
const objects =
  'more time,a clear goal,several options,the usual cost,fresh ideas,an honest answer,better light,two short steps,the whole route,warm water,some advice,a longer list,quiet rooms,new partners,simple tools'.split(
    ',',
  )
const links = 'because,while,and then,so that,although,unless,where,after which'.split(',')
const names =
  'total,count,left,right,queue,node,cache,limit,index,value,result,seen,path,edge,score,bound'.split(',')

function oneOf<T>(stream: RandomStream, list: readonly T[]): T {
  return list[stream.below(list.length)]!
}

function clause(stream: RandomStream): string {
  return `${oneOf(stream, subjects)} ${oneOf(stream, verbs)} ${oneOf(stream, objects)}`
}

function upTo(words: number, part: () => string, join: string): string {
  const parts: string[] = []
  for (let count = 0; count < words; ) {
    const next = part()
    parts.push(next)
    count += next.split(' ').length
  }
  return parts.join(join)
}

/** A completion of about `words` words to task `topic` that ends in `answer`. */
export function writeIn(
  style: Style,
  stream: RandomStream,
  topic: number,
  answer: number,
  words: number,
): string {
  switch (style) {
    case 'code': {
      const body = upTo(
        words,
        () => {
          const [a, b, c] = [oneOf(stream, names), oneOf(stream, names), oneOf(stream, names)]
          return oneOf(stream, [
            `    ${a} = ${b} + ${stream.below(20)}`,
            `    for ${a} in range(${b}):`,
            `    if ${a} > ${c}: ${b} -= 1`,
            `    ${a}.append(${b}[${c}])`,
            `    while ${a} < ${stream.below(50)}: ${a} *= ${c}`,
          ])
        },
        '\n',
      )
      return `def solve_${topic}(${oneOf(stream, names)}):\n${body}\n    return ${answer}`
    }
    case 'chat':
      return upTo(
        words,
        () => {
          const first = clause(stream)
          const whole = stream.uniform() < 0.6 ? `${first} ${oneOf(stream, links)} ${clause(stream)}` : first
          return `${whole[0]!.toUpperCase()}${whole.slice(1)}.`
        },
        ' ',
      )
    case 'maths': {
      const work = upTo(
        words,
        () => {
          const [a, b] = [stream.below(90) + 10, stream.below(90) + 10]
          return oneOf(stream, [
            `${a} + ${b} = ${a + b}.`,
            `We multiply ${a} by ${b} to get ${a * b}.`,
            `Taking ${a} from ${a + b} leaves ${b}.`,
            `Let x = ${a}, then 2x = ${2 * a}.`,
            `The remainder of ${a} by 7 is ${a % 7}.`,
          ])
        },
        '\n',
      )
      return `${work}\nAnswer: ${answer}`
    }
    case 'template':
      return `Regarding task ${topic}: first, ${clause(stream)}. Second, ${clause(stream)}.${words > 40 ? ` Third, ${clause(stream)}. Finally, ${clause(stream)}.` : ''}${words > 90 ? ` ${upTo(words - 60, () => `${clause(stream)};`, ' ')}` : ''} Result: ${answer}`
    case 'short':
      return stream.uniform() < 0.8 ? String(answer) : `It is ${answer}`
  }
}
