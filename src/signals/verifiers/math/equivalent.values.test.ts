import { describe } from 'vitest'
import { accepts, rejects } from './equivalent.contract.ts'

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
