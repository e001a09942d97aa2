import { describe, expect, it } from 'vitest'
import { equivalent, goldProblem, prepareGold } from './equivalent.ts'

/** Lines of `gold ¦ answer`. */
const pairs = (lines: string): [string, string][] =>
  lines
    .trim()
    .split('\n')
    .map((line) => line.split(' ¦ ') as [string, string])

const accepts = (lines: string): void => {
  it.each(pairs(lines))('accepts %s ¦ %s', (gold, answer) => {
    expect(equivalent(gold, answer)).toMatchObject({ verdict: 'equal' })
    expect(equivalent(answer, gold).verdict).toBe('equal')
  })
}

const rejects = (lines: string): void => {
  it.each(pairs(lines))('does not accept %s ¦ %s', (gold, answer) => {
    expect(equivalent(gold, answer).verdict).not.toBe('equal')
    expect(equivalent(answer, gold).verdict).not.toBe('equal')
  })
}

describe('numbers', () => {
  accepts(String.raw`
\frac{14}{3} ¦ 4\frac{2}{3}
\frac{14}{3} ¦ 4 2/3
1.5 ¦ 1 1/2
-1\frac12 ¦ -1.5
52_8 ¦ 52_{8}
-\frac{\pi}{6} ¦ -\pi/6
.0000672 ¦ 6.72 \times 10^{-5}
\frac 59 ¦ 5/9
137 \frac{1}{2} ¦ 137.5
6 - 5i ¦ -5i+6
\frac{20000}{\pi} ¦ 20000/\pi
\frac13 ¦ 0.333...
\frac13 ¦ 0.\dot{3}
\frac{41}{333} ¦ 0.\overline{123}
\frac16 ¦ 0.1\overline{6}
2:3 ¦ 4:6
3 ¦ (3)
3 ¦ {3}
3 ¦ $3$
3 ¦ **3**
3 ¦ 3.
1 ¦ 1.0000001
2^{-3} ¦ \frac18
6.67\times 10^{-11} ¦ 6.67e-11
100 ¦ 1e2
\dfrac{1}{2} ¦ \frac{1}{2}.
2+3 ¦ 5
16\pi ¦ 50.265482
1:2:3 ¦ 2:4:6
025 ¦ 25
2^{10} ¦ 1024
\frac{\pi}{4} ¦ 0.785398
e ¦ 2.718282
\frac{1}{3} ¦ 0.333333
\frac{2}{3} ¦ 0.\overline{6}
0.\overline{12} ¦ \frac{4}{33}
0.1\overline{23} ¦ \frac{61}{495}
0.(6) ¦ 2/3
1.0 ¦ 1
-\frac{1}{2} ¦ \frac{1}{-2}
--5 ¦ 5
+5 ¦ 5
2+3i ¦ 3i+2
\frac{1+i}{1-i} ¦ i
(1+i)^2 ¦ 2i
2\frac{1}{2} ¦ 2.5
\frac{5}{2} ¦ 2½
5 ¦ 5
5 ¦ $$5$$
5 ¦ {5}
10^{-3} ¦ 0.001
1.5e-3 ¦ 0.0015
1.5\times10^{-3} ¦ 0.0015
6.022\times10^{23} ¦ 6.022e23
`)
  rejects(String.raw`
1 1/2 ¦ 11/2
52_8 ¦ 52_9
52_8 ¦ 52
.0000672 ¦ 0.000067
0.3 ¦ 0.333...
12:30 ¦ 6:15
1 ¦ 1.000001
10^{20} ¦ 10^{20}+1
2^{100000} ¦ 4^{50000}
2^{100000} ¦ 2^{100001}
0 ¦ 0.0000001
6.67e-11 ¦ 6.68e-11
16\pi ¦ 50.27
\pi ¦ 3.14
\frac{1}{3} ¦ 0.33
1_2 ¦ 1_3
1011_2 ¦ 11
1011_2 ¦ 1011
5:00 ¦ 5:30
2\frac{1}{2} ¦ 1
5 ¦ 5^{}
0 ¦ 1e-7
1 ¦ \frac{0}{0}
6.022\times10^{23} ¦ 6.022e22
`)
})

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

describe('polynomials and names', () => {
  accepts(String.raw`
90^{\circ} ¦ \pi/2
x^8 + x^7 + x^6 + x^5 + x^4 + x^3 + x^2 + x + 1 ¦ \frac{x^9-1}{x-1}
p - q ¦ -q+p
(a+5)(b+2) ¦ ab+2a+5b+10
\frac{11+9a}{20} ¦ \frac{9a}{20}+\frac{11}{20}
x^5 - x^4 + x^3 - x^2 + x - 1 ¦ (x-1)(x^4+x^2+1)
5 ¦ five
5 ¦ the answer is 5
5 ¦ x is 5
3 ¦ \boxed{3}
3 ¦ \(3\)
x^2 ¦ x**2
5 ¦ Area: 5
ab ¦ ba
x^{-1} ¦ \frac{1}{x}
4^x ¦ 2^{2x}
\frac{1}{3}\pi r^3 ¦ \frac{\pi r^3}{3}
5th ¦ 5
21st ¦ 21
x_1 ¦ x_{1}
\theta ¦ θ
2\mathbf{i}+3\mathbf{j} ¦ 3\mathbf{j}+2\mathbf{i}
A3_{16} ¦ A3_{16}
2B3_{16} ¦ 2B3_{16}
\frac{1}{2}x ¦ x/2
5\frac{x}{2} ¦ \frac{5x}{2}
Red ¦ red
\frac{a}{b} ¦ a/b
3\times10^8 ¦ 3 x 10^8
B ¦ b)
(x+1)^2 ¦ x^2+2x+1
(x+1)^2 ¦ (1+x)^2
\frac{x^2-1}{x+1} ¦ x-1
\frac{1}{x}+\frac{1}{y} ¦ \frac{x+y}{xy}
\frac{1}{1+\frac{1}{x}} ¦ \frac{x}{x+1}
2^{n+1}-1 ¦ 2\cdot 2^n-1
n^2+n ¦ n(n+1)
twelve ¦ 12
twenty-one ¦ 21
Monday ¦ monday
no solutions ¦ No solutions
FF_{16} ¦ FF_{16}
\triangle ABC ¦ \triangle ABC
x_1+x_2 ¦ x_2+x_1
\alpha+\beta ¦ β+α
\vec{v} ¦ v
a\cdot b ¦ ab
a \times b ¦ ba
x² + y² ¦ x^2+y^2
5 ¦ \approx 5
5 ¦ \mathbf{5}
5 ¦ \mathrm{5}
5 ¦ 5\quad
5 ¦ \ 5
5 ¦ \displaystyle 5
\frac{\pi}{2}+n\pi ¦ \pi n+\frac{\pi}{2}
1/2x ¦ \frac{x}{2}
`)
  rejects(String.raw`
3R^2 ¦ 3r^2
n+1 ¦ N+1
x ¦ X
2 ¦ 2 thirds
5 ¦ at least 5
5 ¦ not 5
CAB ¦ ABC
AB ¦ BA
July 4 ¦ 4
\frac{x+1}{x-1} ¦ \frac{x-1}{x+1}
x_1 ¦ x_2
A ¦ B
\Delta ¦ \delta
\alpha ¦ \Alpha
A ¦ a
B ¦ C
5 ¦ 5 squared
5 ¦ around 5
5 ¦ less than 5
5 ¦ the answer is not 5
three ¦ 4
odd ¦ even
\angle A ¦ \angle B
x' ¦ x
C ¦ c
x+C ¦ x+c
ABC ¦ abc
AB ¦ ab
25 ¦ 5 (five)
5 ¦ 5 is wrong
`)
})

describe('equations and assignments', () => {
  accepts(String.raw`
x=5 ¦ x = 5
1,-2 ¦ x=1, x=-2
1,-2 ¦ x = 1 or x = -2
5x - 7y + 11z + 4 = 0 ¦ -5x+7y-11z-4=0
5x - 7y + 11z + 4 = 0 ¦ 5x-7y+11z=-4
y = 2x + 3 ¦ 2x+3
y = 2x + 3 ¦ y-3=2x
y = -2x ¦ 2x+y=0
\frac52 ¦ x = \frac{5}{2} = 2.5
\frac{x^2}{4}+\frac{y^2}{9}=1 ¦ 9x^2+4y^2=36
f(x)=2x ¦ f(x)=2x+0
(x,y)=(1,2) ¦ (1,2)
x=1,y=2 ¦ (1,2)
x=1,y=2 ¦ y=2,x=1
AB=5 ¦ 5
Area = 5 ¦ 5
a_n = 2n+1 ¦ 2n+1
y=\sqrt{x} ¦ \sqrt{x}
\pm 2 ¦ x=2 or x=-2
x=\pm 2 ¦ 2,-2
x = \pm 2 ¦ x=2, x=-2
y=3x-2 ¦ 3x-y=2
y=3x-2 ¦ 6x-2y=4
x^2+y^2=25 ¦ x^2+y^2-25=0
(x-1)^2+(y+2)^2=9 ¦ x^2+y^2-2x+4y-4=0
x=2y ¦ y=\frac{x}{2}
k=3 ¦ 3
f^{-1}(x)=\frac{x-1}{2} ¦ \frac{x-1}{2}
a=1, b=2 ¦ b = 2, a = 1
5 ¦ = 5
`)
  rejects(String.raw`
5x - 7y + 11z + 4 = 0 ¦ 5x-7y+11z=4
x+y=3 ¦ 3
5 ¦ x = 5 = 6
y=x^2 ¦ y=x^3
f(x)=2x ¦ g(x)=2x
x=1,y=2 ¦ (2,1)
\sum_{k=1}^n k ¦ \frac{n(n+1)}{2}
y=3x-2 ¦ y=3x+2
x = 3 ¦ y = 3
m\angle ABC = 30 ¦ 30
f(x) = x+1 ¦ y = x+1
a=1, b=2 ¦ a=2, b=1
`)
})

describe('lists, sets and tuples', () => {
  accepts(String.raw`
1,-2 ¦ -2, 1
1,-2 ¦ \{1,-2\}
1 \pm \sqrt{19} ¦ 1+\sqrt{19}, 1-\sqrt{19}
\{1\pm\sqrt{5},-2\} ¦ -2, 1+\sqrt5, 1-\sqrt5
10,\!080 ¦ 10080
11,\! 111,\! 111,\! 100 ¦ 11,111,111,100
(1,-16,-4,43) ¦ (1, -16, -4, 43)
\langle 1,2,3\rangle ¦ (1,2,3)
10\,000 ¦ 10000
(1,2),(3,4) ¦ (3,4),(1,2)
(1,2),(3,4) ¦ (1,2) and (3,4)
\lfloor 7.9 \rfloor ¦ 7
1,000 ¦ 1000
1,000,000 ¦ 10^6
\{1,2,3\} ¦ \{3,2,1\}
\{1,2,3\} ¦ \{1,2,3,3\}
\{1,2,3\} ¦ 1,2,3
\max(3,5) ¦ 5
\gcd(12, 18) ¦ 6
5 ¦ 5\,
\lfloor x \rfloor+1 ¦ 1+\lfloor x \rfloor
\max(x,y) ¦ \frac{x+y+|x-y|}{2}
`)
  rejects(String.raw`
(3,4] ¦ (3,4)
5 ¦ 5 or 6
5 ¦ 5, 6
123,456 ¦ 456,123
3,14 ¦ 3.14
(1,2),(3,4) ¦ (2,1),(3,4)
(a,b) ¦ (b,a)
\pm 2 ¦ 2
1,00 ¦ 100
12,34 ¦ 1234
1,2,3 ¦ 1,2,3,3
(1,2,3) ¦ 1,2,3
5 ¦ it is 5 or 6
\lfloor x \rfloor ¦ \lfloor x+0.0001 \rfloor
`)
})

describe('functions', () => {
  accepts(String.raw`
\cot x ¦ \frac{\cos x}{\sin x}
\cot x ¦ 1/\tan x
\sin^2 x ¦ (\sin x)^2
\sin^{-1} x ¦ \arcsin x
\log_{10} 100 ¦ 2
\log 100 ¦ 2
\log_2 3 ¦ \frac{\ln 3}{\ln 2}
e^{x+1} ¦ e \cdot e^x
\frac{e^x+e^{-x}}{2} ¦ \cosh x
\binom{10}{3} ¦ 120
\binom{n}{2} ¦ \frac{n(n-1)}{2}
(n+1)! ¦ (n+1) n!
\frac{(n+1)!}{n!} ¦ n+1
|x-1| ¦ |1-x|
\frac{5000!}{4999!} ¦ 5000
\sin\pi ¦ 0
\overline{AB} ¦ AB
\frac{1}{2}\ln 4 ¦ \ln 2
x\ln x - x + C ¦ -x+C+x\ln x
\sin 2x ¦ 2\sin x\cos x
\sin(2x) ¦ 2 \sin(x) \cos(x)
\tan x ¦ \frac{\sin x}{\cos x}
\sec^2 x ¦ 1+\tan^2 x
e^{2x} ¦ (e^x)^2
e^{-x} ¦ \frac{1}{e^x}
\frac{n(n+1)}{2} ¦ \binom{n+1}{2}
n! ¦ n(n-1)!
|3+4i| ¦ 5
\arcsin\frac{1}{2} ¦ \frac{\pi}{6}
\tan^{-1} 1 ¦ \frac{\pi}{4}
\log_4 8 ¦ \frac32
\log_2 (x+1) ¦ \frac{\ln(x+1)}{\ln 2}
\ln e^3 ¦ 3
\lg 1000 ¦ 3
\binom{5}{2}\cdot 3! ¦ 60
{5 \choose 2} ¦ 10
\dbinom{5}{2} ¦ 10
5!/3! ¦ 20
\lceil 2.1 \rceil ¦ 3
\overline{DE} ¦ DE
-1 ¦ \cos\pi
\ln(x+5) ¦ \ln(5+x)
`)
  rejects(String.raw`
\ln 5 ¦ \ln 2+\ln 3
\sin^{-1} x ¦ \frac{1}{\sin x}
e^{50} ¦ e^{50}+1
\ln 9007199254740993 ¦ \ln 9007199254740992
200! ¦ 200! + 1
\tan\frac{\pi}{2} ¦ 0
\overline{z} ¦ z
\ln(x^2) ¦ 2\ln x
|x+5| ¦ x+5
\arctan x + \arctan\frac1x ¦ \frac{\pi}{2}
`)
})

describe('inequalities', () => {
  accepts(String.raw`
(3,4] ¦ 3 < x \le 4
\left( \frac{3}{2}, -13 \right) ¦ (1.5,-13)
\left( 3, \frac{\pi}{2} \right) ¦ (3, \pi/2)
2x+1>5 ¦ x>2
5<x ¦ x>5
x>5, x<7 ¦ (5,7)
x>5 \text{ and } x<7 ¦ 5<x<7
0<x<\frac{\pi}{2} ¦ (0,\pi/2)
-3<x<3 ¦ -3\lt x\lt 3
3>x>-3 ¦ -3<x<3
x\leq 2 ¦ x≤2
x \leqslant 2 ¦ x<=2
2x-3\ge 7 ¦ x\ge5
x+y<3 ¦ y<3-x
x+y<3 ¦ -x-y>-3
\left\lfloor \frac{7}{2} \right\rfloor ¦ 3
`)
  rejects(String.raw`
x<5 ¦ x \le 5
x<5 ¦ y<5
|x|>3 ¦ x>3 \text{ or } x<-3
x+y<3 ¦ x+y>3
`)
})

describe('matrices, intervals and sets of numbers', () => {
  accepts(String.raw`
x \in [-2,7] ¦ [-2,7]
x \in [-2,7] ¦ -2 \leq x \leq 7
\begin{pmatrix} -1/3 \\ 2/3 \\ 5/3 \end{pmatrix} ¦ \begin{bmatrix} -\frac13 \\ \frac23 \\ \frac53 \end{bmatrix}
\begin{pmatrix} -1/3 \\ 2/3 \\ 5/3 \end{pmatrix} ¦ \frac13\begin{pmatrix} -1 \\ 2 \\ 5 \end{pmatrix}
(0,9) \cup (9,36) ¦ (0,36) \setminus \{9\}
(0,9) \cup (9,36) ¦ (9,36)\cup(0,9)
(-\infty, 2) \cup (3, \infty) ¦ x<2 \text{ or } x>3
(-\infty, 2) \cup (3, \infty) ¦ x\in(-\infty,2)\cup(3,+\infty)
(-\infty, 2) \cup (3, \infty) ¦ (-∞,2)U(3,∞)
\left[ \frac{\pi^2}{8}, \frac{5 \pi^2}{4} \right] ¦ [\pi^2/8, 1.25\pi^2]
3 ¦ [3]
\sqrt[3]{2} ¦ 2^{1/3}
\sqrt[3]{-8} ¦ -2
\sqrt[3]{x} ¦ x^{\frac{1}{3}}
\mathbb{R} ¦ (-\infty,\infty)
\emptyset ¦ \varnothing
\emptyset ¦ \{\}
x \neq 2 ¦ (-\infty,2)\cup(2,\infty)
x \neq 2 ¦ \mathbb{R}\setminus\{2\}
[1,2) \cup (3,4] ¦ (3,4]\cup[1,2)
\{x \mid x > 2\} ¦ (2,\infty)
\{x \in \mathbb{R} : x > 2\} ¦ (2,\infty)
\begin{cases} x & x>0 \\ -x & x \le 0 \end{cases} ¦ \begin{cases} x & \text{if } x>0 \\ -x & \text{if } x\le 0 \end{cases}
-1 \le x \le 1 ¦ [-1,1]
\int_0^1 x dx ¦ \int_0^1 x\,dx
(-\infty, 0) \cup (0, \infty) ¦ x \ne 0
(-\infty, 0) \cup (0, \infty) ¦ \mathbb{R} \setminus \{0\}
[0, \infty) ¦ x \ge 0
[0, \infty) ¦ [0, +\infty)
[1,2]\cup[2,3] ¦ [1,3]
[1,5] \cap [3,8] ¦ [3,5]
\begin{bmatrix}1&2\\3&4\end{bmatrix} ¦ \left[\begin{array}{cc}1&2\\3&4\end{array}\right]
\begin{pmatrix}1&2\\3&4\end{pmatrix} ¦ \left(\begin{matrix}1&2\\3&4\\\end{matrix}\right)
x>3 \text{ or } x<-3 ¦ (-\infty,-3)\cup(3,\infty)
\sqrt[4]{16} ¦ 2
\sqrt[3]{27x^3} ¦ 3x
\sqrt[3]{2+\sqrt{5}} ¦ \frac{1+\sqrt5}{2}
5 ¦ \[5\]
\infty ¦ +\infty
\infty ¦ inf
x\in\mathbb{R} ¦ \mathbb{R}
x\in\mathbb{R} ¦ (-\infty,\infty)
n\pi, n\in\mathbb{Z} ¦ n\pi , n \in \mathbb{Z}
]0,1[ ¦ (0,1)
[0,1[ ¦ [0,1)
`)
  rejects(String.raw`
-\infty ¦ \infty
\mathbb{R} ¦ \text{all real numbers}
\emptyset ¦ \{0\}
\frac{1}{0} ¦ \infty
\int_0^1 x dx ¦ \frac12
(-\infty, 0) \cup (0, \infty) ¦ \mathbb{R}
(1,2)\cup(2,3) ¦ (1,3)
\{1,2,3\} ¦ [1,2,3]
(1,2,3) ¦ \begin{pmatrix}1\\2\\3\end{pmatrix}
\begin{pmatrix}1\\2\end{pmatrix} ¦ \begin{pmatrix}1&2\end{pmatrix}
\begin{pmatrix}1&2\\3&4\end{pmatrix} ¦ \begin{pmatrix}1&3\\2&4\end{pmatrix}
1 ¦ \infty
\infty ¦ \infty+1
\mathbb{Z} ¦ \mathbb{R}
n\pi, n\in\mathbb{Z} ¦ k\pi, k\in\mathbb{Z}
[2,3] ¦ (2,3)
`)
})

describe('roots and powers', () => {
  accepts(String.raw`
11\sqrt2 ¦ \sqrt{242}
\frac{3\sqrt{3}}{4} ¦ \frac{3}{4}\sqrt{3}
\sqrt{11} ¦ \sqrt{11}\approx 3.317
\sqrt{-4} ¦ 2i
\sqrt{x^2} ¦ |x|
3\sqrt{2}i ¦ 3i\sqrt{2}
\cos\frac{\pi}{5} ¦ \frac{1+\sqrt5}{4}
\sqrt{3+2\sqrt2} ¦ 1+\sqrt2
\sqrt{2}+\sqrt{3} ¦ \sqrt{5+2\sqrt{6}}
\sqrt{2}+\sqrt{3} ¦ 3.146264
\tfrac{\sqrt2}{2} ¦ \frac{1}{\sqrt{2}}
i ¦ \sqrt{-1}
\ln\sqrt2 ¦ \frac12\ln2
2\sqrt{3} ¦ 2sqrt3
2\sqrt{3} ¦ 2√3
2\sqrt{3} ¦ 2*sqrt(3)
\frac{\sqrt5}{2} ¦ √(5)/2
\frac{\sqrt{15}}{2} ¦ √15/2
x^{1/2} ¦ \sqrt x
x^{-1/2} ¦ \frac{1}{\sqrt{x}}
x^{3/2} ¦ x\sqrt{x}
\sqrt{2} ¦ 1.414214
e^{i\pi/3} ¦ \frac{1}{2}+\frac{\sqrt3}{2}i
\sqrt{-9} ¦ 3i
16^{3/4} ¦ 8
(-8)^{1/3} ¦ -2
4^{-1/2} ¦ \frac12
\frac{2}{\sqrt{2}} ¦ \sqrt{2}
\sqrt{12}+\sqrt{27} ¦ 5\sqrt{3}
\sqrt{50}-\sqrt{18} ¦ 2\sqrt2
\frac{3}{1+\sqrt{2}} ¦ 3\sqrt{2}-3
\sqrt{7-4\sqrt{3}} ¦ 2-\sqrt{3}
\sqrt{x+5} ¦ (5+x)^{1/2}
`)
  rejects(String.raw`
\sqrt{x^2} ¦ x
10^{20}+\sqrt2 ¦ 10^{20}+\sqrt3
e^{\pi\sqrt{163}} ¦ 262537412640768744
\sqrt{a}\sqrt{b} ¦ \sqrt{ab}
\sqrt{2} ¦ 1.41
\sqrt{(x+5)^2} ¦ x+5
`)
})

describe('equivalent', () => {
  it.each([
    ['7', '7', 0],
    ['\\frac{1}{2}', '\\dfrac{1}{2}', 0],
    ['1', '1.0', 1],
    ['1,2', '2,1', 2],
    ['x=5', '5=x', 3],
    ['x(x+1)', 'x^2+x', 4],
    ['\\sin(2x)', '2\\sin x\\cos x', 5],
    ['Monday', 'monday', 6],
  ])('tells which rung accepted %s ¦ %s', (gold, answer, rung) => {
    const { verdict, rung: decided, evidence } = equivalent(gold, answer)
    expect([verdict, decided]).toEqual(['equal', rung === 3 ? 1 : rung])
    expect(evidence).not.toBe('')
  })

  it.each([
    ['', 'the gold answer is empty'],
    ['  ', 'the gold answer is empty'],
    ['\\frac{1}{', 'the gold answer is not an expression of the grammar'],
    ['\\int_0^1 x\\,dx', 'the gold answer is not an expression of the grammar'],
    ['x+'.repeat(3000), 'the gold answer is too long'],
  ])('says that the gold answer %j is the problem', (gold, problem) => {
    expect(equivalent(gold, '5')).toMatchObject({ verdict: 'undecided', goldProblem: problem })
    expect(goldProblem(prepareGold(gold))).toBe(problem)
  })

  it('accepts an unparsable gold answer that comes back unchanged', () => {
    const same = equivalent('\\int_0^1 x dx', '\\int_0^1 x\\,dx')
    expect(same).toMatchObject({ verdict: 'equal', rung: 0 })
    expect(same.goldProblem).toBeUndefined()
  })

  it('finds nothing wrong with ordinary gold answers', () => {
    for (const gold of ['5', '\\text{Evelyn}', '(A)', '\\frac{x}{2}', '[0,1)', 'no solution']) {
      expect(goldProblem(prepareGold(gold)), gold).toBeUndefined()
    }
  })

  it('gives the same verdicts with a prepared gold answer, in any order', () => {
    const gold = prepareGold('\\frac{\\sqrt2}{2}')
    const answers = ['\\frac{1}{\\sqrt2}', '0.707107', '0.7', '\\frac{\\sqrt2}2', 'x', '\\frac{\\sqrt2}{2}']
    const verdicts = (): string[] => answers.map((answer) => equivalent(gold, answer).verdict)
    expect(verdicts()).toEqual(['equal', 'equal', 'different', 'equal', 'different', 'equal'])
    expect(verdicts()).toEqual(answers.map((answer) => equivalent(gold.text, answer).verdict))
  })

  it('rejects an empty answer', () => {
    expect(equivalent('0', '')).toMatchObject({ verdict: 'different', rung: 0 })
    expect(equivalent('0', '$$').verdict).toBe('different')
  })
})
