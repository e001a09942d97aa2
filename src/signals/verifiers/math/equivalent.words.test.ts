import { describe } from 'vitest'
import { accepts, rejects } from './equivalent.contract.ts'

describe('words, choices and units', () => {
  accepts(String.raw`
90^\circ ¦ 90 degrees
90^\circ ¦ 90
\text{Evelyn} ¦ Evelyn
\text{Evelyn} ¦ evelyn
4210_{5} ¦ 4210_{\text{five}}
1,-2 ¦ -2 \text{ and } 1
\frac{270}7\text{ degrees} ¦ \frac{270}{7}
\frac{270}7\text{ degrees} ¦ \frac{270}{7}^\circ
\text{(C)} ¦ C
\text{(C)} ¦ (c)
\$32,\!348 ¦ 32348
\$32,\!348 ¦ \$32348
\$32,\!348 ¦ 32,348 dollars
864 \mbox{ inches}^2 ¦ 864
864 \mbox{ inches}^2 ¦ 864 \text{ square inches}
864 \mbox{ inches}^2 ¦ 864 \text{ in}^2
5.4 \text{ cents} ¦ 5.4
\$18.90 ¦ 18.9
15\mbox{ cm}^2 ¦ 15 cm^2
\text{even} ¦ Even
50\% ¦ 0.5
50\% ¦ 50 percent
5000000 ¦ 5 million
\text{Area} = 5 ¦ 5
\sin 75^\circ ¦ \frac{\sqrt6+\sqrt2}{4}
12\pi\text{ cm}^2 ¦ 12\pi
5 m/s ¦ 5
5\text{ m/s} ¦ 5
20^\circ\text{C} ¦ 20
5^{\text{th}} ¦ 5
\frac{\sqrt{3}}{3} ¦ \tan 30^\circ
\text{Yes} ¦ yes
\text{no solution} ¦ No solution.
B ¦ \text{B. } 12
A ¦ Option A
3 \text{ feet} ¦ 3 ft
30\text{ minutes} ¦ 30 min
7 ¦ 7 men
7 ¦ 7 days
(B) ¦ B) 42
\textbf{(B)}\ 42 ¦ 42
\textbf{(B)}\ 42 ¦ B
\textbf{(B)}\ 42 ¦ (B)
\frac{1}{2} ¦ 50\%
\frac{\pi}{4} ¦ 45^\circ
\theta = 30^\circ ¦ 30^\circ
P(A|B)=\frac12 ¦ \frac12
12 \text{ hours} ¦ 12
12 \text{ hours} ¦ 12 hrs
12 ¦ 12 feet per second
12\text{ ft/s} ¦ 12\text{ feet per second}
12\text{ m}^2 ¦ 12\text{ square meters}
\$1.50 ¦ 1.5
\$1.50 ¦ \$1.5
\$1.50 ¦ 1.50 dollars
£5 ¦ 5
5 ¦ 5 cents
500 ¦ 5 hundred
\text{true} ¦ True
1010_{2} ¦ 1010_{\text{two}}
5:30 \text{ p.m.} ¦ 5:30 PM
\cos 36^\circ ¦ \frac{1+\sqrt{5}}{4}
\cot 45^\circ ¦ 1
\arcsin\frac{1}{2} ¦ 30^\circ
\operatorname{lcm}(4,6) ¦ 12
2 \frac{1}{2}\text{ hours} ¦ 2.5
5 ¦ \text{5}
0 ¦ \sin 180^\circ
\text{undefined} ¦ undefined
`)
  rejects(String.raw`
\text{(C)} ¦ (D)
5.4 \text{ cents} ¦ \$5.4
15\mbox{ cm}^2 ¦ 15 cm
\text{ellipse} ¦ hyperbola
50\% ¦ 50
5 ¦ 5 million
5\text{ m/s} ¦ 18\text{ km/h}
\text{Yes} ¦ No
\$5 ¦ 5 cents
3 \text{ feet} ¦ 3 inches
\textbf{(B)}\ 42 ¦ C
\frac{1}{2} ¦ \frac12 \text{ or } 0.5
12 \text{ hours} ¦ 12 minutes
12\text{ m}^2 ¦ 12\text{ m}^3
5 ¦ 5 dozen
5 ¦ 5 hundred
\text{true} ¦ False
\text{Alice} ¦ Bob
5:30 \text{ p.m.} ¦ 5:30 \text{ a.m.}
\text{undefined} ¦ \frac10
A ¦ (A) B
A ¦ (A) 5 (B) 6
5 ¦ 5 at most
`)
})
