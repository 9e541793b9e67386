"""Small shaders and the colours they give, worked out by hand from HLSL's rules (shader model 3).

Each code is the inside of a `shader_body`, or a whole shader where it has things outside it.
"""

Colour = tuple[float, float, float]


def grey(level: float) -> Colour:
    """Returns the colour with `level` in every channel."""
    return (level, level, level)


ARITHMETIC: list[tuple[str, Colour]] = [
    ("ret = float3(fmod(-0.7,0.5)+0.5, 0.7%0.5, fmod(0.7,-0.5));", (0.3, 0.2, 0.2)),
    ("float a=-7; a %= 5; ret = (a+3)/4;", grey(0.25)),
    ("int a=-7; a %= 5; ret = (a+3)/4.;", grey(0.25)),
    ("ret = float3(1/2, 1/2.0, 3%2);", (0.0, 0.5, 1.0)),
    ("int a=7; a /= 2; a *= 0.5; ret = float3(a, a/2., 7/2*.1);", (1.0, 0.5, 0.3)),
    ("int n = 3; n *= .5; float f = 7/2; ret = float3(n, f/10, n*.5);", (1.0, 0.3, 0.5)),
    ("ret = 0.003*100;", grey(0.3)),
    ("ret = 0.2.xxx + 1.xxx*0.1;", grey(0.3)),
    ("float2 v=(float2)float3(0.1,0.2,0.3)*2; ret=float3(v,(int)1.7*0.5);", (0.2, 0.4, 0.5)),
    ("ret = 0.5 - -(float3(1,0,1)>0.5)*0.25;", (0.75, 0.5, 0.75)),
    ("ret = float3(5&3, 6^5, 1|2)*.1;", (0.1, 0.3, 0.3)),
    ("ret = float3(1<<2, 7>>1, ~-3)*.1;", (0.4, 0.3, 0.2)),
    ("int a=1; a<<=3; a|=1; a&=~8; a^=2; ret=a*.1;", grey(0.3)),
    ("int3 v=int3(1,2,5); v>>=1; ret=v*.2;", (0.0, 0.2, 0.4)),
    ("ret = float3(.1f, 2.e-1, 3h*.1);", (0.1, 0.2, 0.3)),
    ("ret = float3(0xA, 0x1Fu/62., 010)*.05;", (0.5, 0.025, 0.4)),
    ("ret = float3(saturate(1.#INF), 0.5 < 1.#INF, 0);", (1.0, 1.0, 0.0)),
    ("float x=.1; x=-(-x); ret=float3(x, - -x, -x+.4);", (0.1, 0.1, 0.3)),
    ("float a=.1,b=a++ ,c=++a; ret=float3(b,c,a)*.3;", (0.03, 0.63, 0.63)),
    ("float2 v=float2(.1,.2); v++; v.x--; ret=float3(v.x,v.y-1,0);", (0.1, 0.2, 0.0)),
    ("float a,b,c; a=b=c=.2; b+=c-=.1; ret=float3(a,b,c);", (0.2, 0.3, 0.1)),
    ("uint a=5; uint3 b=uint3(1,2,3); ret=(b+a)/2*.1;", (0.3, 0.3, 0.4)),
    ("half3 a=.1; fixed b=.2; double c=.3; ret=float3(a.x,b,c);", (0.1, 0.2, 0.3)),
]

TRUTH: list[tuple[str, Colour]] = [
    ("ret = (!float3(1,0,0.5))*0.5;", (0.0, 0.5, 0.0)),
    ("bool3 b=float3(1,0,2)>.5; ret=b*.5;", (0.5, 0.0, 0.5)),
    ("bool b=0.5; ret = b ? 1 : 0.5; ret *= 0.5; ret.z = !b;", (0.5, 0.5, 0.0)),
    ("bool3 b={true,false,true}; ret = !b;", (0.0, 1.0, 0.0)),
    ("bool3 b=bool3(1,0,.2) && float3(1,1,0); ret=b*.5;", (0.5, 0.0, 0.0)),
    ("ret = (float3(1,0,0) || float3(0,0,3))*.5;", (0.5, 0.0, 0.5)),
    ("ret = .1*(true+true) + .2*(3>2);", grey(0.4)),
    ("float n=0; n += 2>1; n += float3(3,2,1)>2; ret=n*.25;", grey(0.5)),
    ("ret = float3(.3==.3, float2(1,2)!=float2(1,3));", (1.0, 0.0, 1.0)),
    ("ret=1-(float3(1,0,1)>.5);", (0.0, 1.0, 0.0)),
    ("ret = any(float2(0,0.1))*0.5 + all(float2(1,0));", grey(0.5)),
    ("ret = .1 + (uv.x>2 ? 0 : float3(.1,.2,.3));", (0.2, 0.3, 0.4)),
    ("float x=5; ret = x<1 ? 0.1 : x<2 ? 0.2 : x<6 ? 0.3 : 0.4;", grey(0.3)),
    ("ret = float3(1,0,1)>0.5 ? float3(.1,.2,.3) : float3(.4,.5,.6);", (0.1, 0.5, 0.3)),
    ("ret = float3(1,0,1)>0.5 ? .1 : float3(1,1,0)>.5 ? .2 : .3;", (0.1, 0.2, 0.1)),
    ("float3 a=float3(1,2,3)<2.5?1:0; ret=a*.5;", (0.5, 0.5, 0.0)),
    ("int3 a=float3(1,2,3)<2.5?int3(1,2,3):4; ret=a/10.;", (0.1, 0.2, 0.4)),
    ("float3 v=0; if (!v.x && v.y<1) ret=.3; else ret=.6;", grey(0.3)),
]

POWERS: list[tuple[str, Colour]] = [
    ("ret = pow(-0.5, 2);", grey(0.25)),
    (
        "float x=-0.5+0*uv.x; ret=float3(pow(x,3)+0.5, pow(x,1)+0.75, pow(x,2));",
        (0.375, 0.25, 0.25),
    ),
    ("float x=-0.5+0*uv.x; ret=float3(pow(x,3.0)+.5, pow(x,5)+.5, pow(x,0));", (0.375, 0.46875, 1)),
    ("float x=-2+0*uv.x; ret=float3(pow(x,-1)+1, pow(x,-2), pow(x,-3)+.5);", (0.5, 0.25, 0.375)),
    ("float2 v=-.5; v=pow(v,float2(3,3)); ret=float3(v+.5,pow(.5,2));", (0.375, 0.375, 0.25)),
    ("const float n=3; float x=-.5+0*uv.x; ret=pow(x,n)+.5;", grey(0.375)),
    # With any other exponent a negative base counts as a positive one.
    ("float n=3+0*uv.x; float x=-.5; ret=pow(x,n);", grey(0.125)),
    ("float x=-.25; ret=pow(x,.5);", grey(0.5)),
]

FUNCTIONS: list[tuple[str, Colour]] = [
    ("ret = smoothstep(1, 0, 0.25);", grey(0.84375)),
    ("ret = float3(sign(-3)+1.5, saturate(7), frac(-0.25));", (0.5, 1.0, 0.75)),
    ("float s,c; sincos(0,s,c); ret=float3(s,c,0.5);", (0.0, 1.0, 0.5)),
    ("float3 s,c; sincos(float3(0,0,0),s,c); ret=s+c*.5;", grey(0.5)),
    ("float i; float f=modf(-1.25,i); ret=float3(f+.5,i+1.5,0);", (0.25, 0.5, 0.0)),
    ("int i; float f=modf(2.25,i); ret=float3(f,i*.1,0);", (0.25, 0.2, 0.0)),
    ("float e; float m=frexp(3,e); ret=float3(m,e*.1,ldexp(.1,2));", (0.75, 0.2, 0.4)),
    ("ret = lum(float4(1,1,1,9))*0.5;", grey(0.55)),
    ("ret = float3(max(1,2), min(.2,3), clamp(5,0,1))*.5;", (1.0, 0.1, 0.5)),
    ("ret = float3(abs(-3)/2, max(3,2)/2, lerp(0,1,.25));", (1.0, 1.0, 0.25)),
    ("ret = lerp(float3(0,.2,.4), 1, .5);", (0.5, 0.6, 0.7)),
    ("ret = max(float4(.1,.2,.3,.4), .25);", (0.25, 0.25, 0.3)),
    ("ret = float3(step(.5,.4), step(.4,.5), round(.7));", (0.0, 1.0, 1.0)),
    ("ret = float3(length(float2(.3,.4)), distance(.2,.6), dot(float2(1,2),.1));", (0.5, 0.4, 0.3)),
    ("ret = float3(atan2(0,1), exp2(-1), log2(2)*.5);", (0.0, 0.5, 0.5)),
    ("ret = cross(float3(1,0,0), float4(0,.5,0,9)) + normalize(float3(0,3,0))*.2;", (0, 0.2, 0.5)),
    ("ret = reflect(float3(.5,-.5,0), float3(0,1,0));", (0.5, 0.5, 0.0)),
    ("ret = float3(rcp(4), rsqrt(4), trunc(1.7)*.5);", (0.25, 0.5, 0.5)),
    ("ret = mad(.1, float3(1,2,3), .1);", (0.2, 0.3, 0.4)),
    ("ret = lit(.5, .5, 2).yzw;", (0.5, 0.25, 1.0)),
]

MATRICES: list[tuple[str, Colour]] = [
    (
        "float2x2 m=float2x2(1,2,3,4)*0.1; float2 v=mul(float2(1,0),m); ret=float3(v,0);",
        (0.1, 0.2, 0.0),
    ),
    (
        "float2x2 m=float2x2(.1,.2,.3,.4); float2 v=mul(m,float2(1,0)); ret=float3(v,m[0][1]);",
        (0.1, 0.3, 0.2),
    ),
    ("float2x2 m=float2x2(.1,.2,.3,.4); ret=float3(m._m01,m._21,m[1].y);", (0.2, 0.3, 0.4)),
    (
        "float2x2 m={.1,.2,.3,.4}; m[0].x=.6; m[1]=m[0]; ret=float3(m[1].x,m._m11,m._11);",
        (0.6, 0.2, 0.6),
    ),
    (
        "float2x2 a={0,1,1,0}; float2x2 b={.1,.2,.3,.4}; a=mul(a,b); ret=float3(a[0],a[1].x);",
        (0.3, 0.4, 0.1),
    ),
    ("float3 p=mul(float4(0.3,0.4,0,1),rot_s1); ret=dot(p,p);", grey(0.25)),
    ("float2x2 m=float2x2(.2,.4,.6,.8)/2; ret=float3(m[0],m[1].x);", (0.1, 0.2, 0.3)),
    ("float2x2 m=float2x2(.2,.4,.6,.8)-.1; ret=float3(m[0],m[1].x);", (0.1, 0.3, 0.5)),
    ("float2x2 m=1-float2x2(.2,.4,.6,.8); ret=float3(m[0],m[1].x);", (0.8, 0.6, 0.4)),
    (
        (
            "float2x2 a=float2x2(.5,.5,.5,.5), b=float2x2(.2,.4,.6,.8), c=a*b;"
            "ret=float3(c[0][1],c[1][0],c[1][1]);"
        ),
        (0.2, 0.3, 0.4),
    ),
    ("float2x2 a={1,2,4,8},b={2,2,4,4}; a/=b; ret=float3(a[0],a[1].x)*.2;", (0.1, 0.2, 0.2)),
    ("float2x2 a={1,2,3,4}; a*=a; a+=a; ret=float3(a[0],a[1][0])*.02;", (0.04, 0.16, 0.36)),
    (
        (
            "float2x3 m=float2x3(float3(1,0,0),float3(0,1,0)); float2 p=mul(m,float3(.25,.5,.75));"
            "ret=float3(p,0);"
        ),
        (0.25, 0.5, 0.0),
    ),
    ("float3x2 m={.1,.2,.3,.4,.5,.6}; ret=mul(m,float2(1,0));", (0.1, 0.3, 0.5)),
    ("float3x2 m={.1,.2,.3,.4,.5,.6}; ret=float3(mul(float3(0,1,1),m),m[2][1]);", (0.8, 1.0, 0.6)),
    (
        (
            "float3x4 m={1,2,3,4, 5,6,7,8, 9,10,11,12}; float4x3 t=transpose(m);"
            "ret=float3(t[3][0],t[0][2],m._m23)*.05;"
        ),
        (0.2, 0.45, 0.6),
    ),
    (
        (
            "float2x3 a={1,2,3,4,5,6}; float3x2 b={1,0,0,1,1,1}; float2x2 c=mul(a,b);"
            "ret=float3(c[0][0],c[0][1],c[1][1])*.05;"
        ),
        (0.2, 0.25, 0.55),
    ),
    ("float4x3 m=0; m[3]=float3(.1,.2,.3); ret=mul(float4(0,0,0,1),m);", (0.1, 0.2, 0.3)),
    # A vector or matrix that is too long is cut.
    ("float3x3 m={.1,.2,.3,.4,.5,.6,.7,.8,.9}; ret=float3(mul(float2(1,1),m));", (0.5, 0.7, 0.9)),
    (
        "float3x3 m={.1,.2,.3,.4,.5,.6,.7,.8,.9}; float2x2 n=(float2x2)m; ret=float3(n[0],n[1].y);",
        (0.1, 0.2, 0.5),
    ),
    ("float3x3 m=float3x3(.1,.2,.3,.4,.5,.6,.7,.8,.9); ret=m._m00_m11_m22;", (0.1, 0.5, 0.9)),
    ("float3x3 m={.1,.2,.3,.4,.5,.6,.7,.8,.9}; ret=m._11_22_13;", (0.1, 0.5, 0.3)),
    (
        "float2x2 m=0; m._m01_m10=float2(.3,.4); m._11_22=.2; ret=float3(m[0],m[1].x);",
        (0.2, 0.3, 0.4),
    ),
    ("float2x2 m={1,2,3,4}; m._m00_m11*=.5; ret=float3(m[0],m[1].y)*.2;", (0.1, 0.4, 0.4)),
    ("float2x2 m={1,2,3,4}; m._m00_m11=m._m11_m00; ret=float3(m[0],m[1].y)*.2;", (0.8, 0.4, 0.2)),
    ("float2x2 m={1,2,3,4}; ret=float3(determinant(m)+2.5,transpose(m)[0]*.2);", (0.5, 0.2, 0.6)),
    (
        "float2x2 a={0,1,0,1},b={1,1,0,0}; a=lerp(a,b,.25); ret=float3(a[0],a[1].y);",
        (0.25, 1.0, 0.75),
    ),
    ("float2x2 m=saturate(abs(float2x2(-.1,2,-3,.4))); ret=float3(m[0],m[1].x);", (0.1, 1.0, 1.0)),
    ("float2x2 m=float2x2(float4(.1,.2,.3,.4)); ret=float3(m[0],m[1].x);", (0.1, 0.2, 0.3)),
    ("float4 v=(float4)float2x2(.1,.2,.3,.4); ret=v.yzw;", (0.2, 0.3, 0.4)),
    (
        "float2x2 m=float2x2(.5,0,0,.5); int i=1; ret=float3(m[i][i],m[i][0],m[1-i].x);",
        (0.5, 0.0, 0.5),
    ),
    (
        "row_major float2x2 m={.1,.2,.3,.4}; column_major float2x2 n=m; ret=float3(n[0],n[1].x);",
        (0.1, 0.2, 0.3),
    ),
    (
        "matrix<float,2,2> m={.1,.2,.3,.4}; vector<float,3> v=float3(m[1],m[0].x); ret=v;",
        (0.3, 0.4, 0.1),
    ),
    (
        "float1x3 r=float3(.1,.2,.3); float3x1 c=float3(1,0,0); ret=float3(mul(r,c),r.yz);",
        (0.1, 0.2, 0.3),
    ),
    ("ret = mul(2, float3(.1,.2,.3)); ret.x = mul(float2(1,2), float3(.1,.2,9));", (0.5, 0.4, 0.6)),
]

CONTROL: list[tuple[str, Colour]] = [
    (
        "float n=0; do { n += 0.1; if (n > 0.05) continue; n += 5; } while (n < 0.35); ret=n;",
        grey(0.4),
    ),
    ("float n=0; do n += 0.1; while (n < 0.0); ret = n;", grey(0.1)),
    ("float n=0; while (n < 0.35) { n += 0.1; if (n>0.15) break; } ret = n;", grey(0.2)),
    ("int i; float s=0; for (i=0;i<3;i++) s += 0.1; ret = float3(s, i*0.1, 0);", (0.3, 0.3, 0.0)),
    ("for (int i=0;i<4;i++); ret = i*.1;", grey(0.4)),
    (
        "for (int i=0;i<4;i++) { if (i==2) break; } for (int i=0;i<i+1&&i<3;i++) ; ret=i*.1;",
        grey(0.3),
    ),
    ("float s=0; int i,j; for(i=0,j=3;i<j;i++,j--) s+=.1; ret=s;", grey(0.2)),
    ("float s=0; for(int i=0,j=4;i<j;i++,j--) s+=.1; ret=float3(s,j*.1,0);", (0.2, 0.2, 0.0)),
    ("const int N=3; float a[N]; for(int i=0;i<N;i++) a[i]=i*.1; ret=a[2];", grey(0.2)),
    (
        "float s=0; [unroll(3)] for (float x=0;x<3;x++) { if (x==1) continue; s+=.1; } ret=s;",
        grey(0.2),
    ),
    ("float s=0; for (int i=0;i<3;i++) for (int j=0;j<2;j++) s+=.1; ret=s;", grey(0.6)),
    ("float s=0; int n=0; for(;;) { s+=.1; if (++n>3) break; } ret=s;", grey(0.4)),
    ("float s=0; { float s2=0.4; s = s2; } ret = s;", grey(0.4)),
    ("float s=.1; { float s=.4; s+=.1; } ret = s;", grey(0.1)),
    ("if (uv.x>9) ret=.1; else if (uv.x>-1) { ret=.2; } else ret=.3;", grey(0.2)),
    (
        "int k=1; switch (k) { case 0: ret=.1; break; case 1: ret=.5; break; default: ret=.9; }",
        grey(0.5),
    ),
    ("int k=7; switch (k) { default: ret=.3; break; case 1: ret=.5; break; }", grey(0.3)),
    (
        "ret=0; switch (1.7) { case 0: case 1: ret.x=.1; case 2: ret.y=.2; break; case 3: ret=1; }",
        (0.1, 0.2, 0.0),
    ),
    (
        (
            "float s=0; for (int i=0;i<4;i++) { switch (i) { case 1: continue;"
            " case 2: s+=.2; break; default: s+=.1; } s+=.1; } ret=s;"
        ),
        grey(0.7),
    ),
    ("switch (2) { } ret=.3;", grey(0.3)),
    ("float a, b; a=0.1, b=0.2; if (a>1) a=0.9, b=0.9; ret=float3(a,b,(a,0.5));", (0.1, 0.2, 0.5)),
    ("ret=1; ret.yz*=0.5; clip(1); ret.z-=0.25; return; ret=0;", (1.0, 0.5, 0.25)),
    ("ret=.4; if (uv.x<-1) discard; ;;", grey(0.4)),
]

STORAGE: list[tuple[str, Colour]] = [
    ("float3 v={0.1,0.2,0.3}; ret=v;", (0.1, 0.2, 0.3)),
    ("float a[3]={0.1,1,0.3}; float i=2; ret=float3(a[i],a[1],a[0]);", (0.3, 1.0, 0.1)),
    ("float3 v[2]={.1,.2,.3,.4,.5,.6}; ret=v[1];", (0.4, 0.5, 0.6)),
    ("float2 v[]={float2(.1,.2),{.3,.4},.5,.6,}; ret=float3(v[2],v[0].x);", (0.5, 0.6, 0.1)),
    (
        "float4 c=float4(.1,.2,.3,.4); float2 v[2]={c.x,c.yzw}; ret=float3(v[0],v[1].y);",
        (0.1, 0.2, 0.4),
    ),
    ("float2x2 m[2]={1,2,3,4,5,6,7,8}; ret=float3(m[1][0],m[0][1].y)*.1;", (0.5, 0.6, 0.4)),
    (
        "float a[2][3]={{.1,.2,.3},{.4,.5,.6}}; int i=1; ret=float3(a[i][2],a[0][i],a[1][0]);",
        (0.6, 0.2, 0.4),
    ),
    (
        "float a[2][2][2]; a[1][0][1]=.3; a[0][1][0]=.2; ret=float3(a[1][0][1],a[0][1][0],.1);",
        (0.3, 0.2, 0.1),
    ),
    ("float2 a[2]; a[0]=.1; a[1]=a[0]*3; a[1].y+=.1; ret=float3(a[1],a[0].x);", (0.3, 0.4, 0.1)),
    ("float a[2]={.1,.2},b[2]; b=a; ret=float3(b[1],b[0],0);", (0.2, 0.1, 0.0)),
    ("float3 v=.1; v.zx=float2(.5,.6); v[1]=.3; ret=v;", (0.6, 0.3, 0.5)),
    ("float4 v=float4(.1,.2,.3,.4); v.rg=v.ba; ret=v.xyz;", (0.3, 0.4, 0.3)),
    ("ret.r=.1; ret.gb=float2(.2,.3); ret.xy=ret.yx;", (0.2, 0.1, 0.3)),
    ("q1 = 0.4; q1 += 0.1; ret = q1;", grey(0.5)),
    ("time=.3; _qa.y=.2; uv.x=.1; ret=float3(time,_qa.y,uv.x);", (0.3, 0.2, 0.1)),
    ("float q5=.3; float4 texsize=.2; ret=float3(q5,texsize.x,.1);", (0.3, 0.2, 0.1)),
    (
        "float mix=.2, sample=.3, length=length(float2(0,.4)); ret=float3(mix,sample,length);",
        (0.2, 0.3, 0.4),
    ),
    (
        (
            "float texture=.1, input=.2, a__b=.3, gl_x=.1, PI=.1, vec3=.1, main=.1, fragColor=.1;"
            "ret=float3(texture,input,a__b)+gl_x-PI+vec3-main+fragColor*0;"
        ),
        (0.1, 0.2, 0.3),
    ),
    ("ret=float3(rad<0.1,0.5,hue_shader.x>=0);", (1.0, 0.5, 1.0)),
    ("typedef float3 colour; colour c=colour(.1,.2,.3); ret=(colour)c;", (0.1, 0.2, 0.3)),
    (
        (
            "typedef float row[3]; row r={.1,.2,.3}; row s[2]={r,.4,.5,.6};"
            "ret=float3(s[1][0],s[0][1],r[2]);"
        ),
        (0.4, 0.2, 0.3),
    ),
    ("static const float k=.2; static float3 v=k; ret=v;", grey(0.2)),
]

WHOLE: list[tuple[str, Colour]] = [
    ("//sampler sampler_foo;\n/* sampler2D sampler_bar; */\nshader_body { ret = .5; }", grey(0.5)),
    (
        "static const float k = 0.5;\nfloat a, b = 0.25;\nshader_body { a = 2*b; ret = a*k*2; }",
        grey(0.5),
    ),
    (
        (
            "static const float4 taps[2] = {\n 0.1, 0.2, 0.3, 0.4,\n 0.5, 0.6, 0.7, 0.8 };\n"
            "shader_body { ret = taps[1].xyz; }"
        ),
        (0.5, 0.6, 0.7),
    ),
    ("float f(float a, float b = .2) { return a + b; }\nshader_body { ret = f(.1); }", grey(0.3)),
    (
        (
            "static const float d=.1; float f(float a=d, float b=d*2) { return a+b; }"
            "shader_body { ret = float3(f(), f(.2), f(.2,.3)); }"
        ),
        (0.3, 0.4, 0.5),
    ),
    (
        (
            "float2 bend (float2 p) {\n}\nfloat never (float2 p) { int n; float dark;\n"
            " dark = 0; n = 0;\n while (!dark && (n < 4)) {;}\n}\n"
            "shader_body {\n ret = float3(0.2, 0.4, 0.6);\n}"
        ),
        (0.2, 0.4, 0.6),
    ),
    ("float3 odd() { undeclared(nothing).q = 3; }\nshader_body { ret = .3; }", grey(0.3)),
    (
        "float half_way(float x) { if (x > 1) return 1; }\nshader_body { ret = half_way(3)*.4; }",
        grey(0.4),
    ),
    (
        (
            "void both(in float a, out float b, inout float c) { b = a*2; c += a; }"
            "shader_body { float x, y=.1; both(.2, x, y); ret = float3(x, y, 0); }"
        ),
        (0.4, 0.3, 0.0),
    ),
    (
        (
            "void put(out int n, out float3 v) { n = 2.7; v = .3; }"
            "shader_body { float n; float4 w=0; put(n, w.yzw); ret = float3(n*.1, w.yz); }"
        ),
        (0.2, 0.3, 0.3),
    ),
    (
        (
            "float f(float a) { return .1; } float f(float2 a) { return .2; }"
            "float f(float3 a) { return .3; } shader_body { ret = float3(f(1), f(uv), f(ret)); }"
        ),
        (0.1, 0.2, 0.3),
    ),
    (
        (
            "float later(float x); float first(float x) { return later(x)*2; }"
            "float later(float x) { return x+.1; } shader_body { ret = first(.1); }"
        ),
        grey(0.4),
    ),
    (
        (
            "struct Pair { float a; float3 b[2]; }; Pair make(float x) { Pair p; p.a=x; p.b[0]=x*2;"
            " p.b[1]=p.b[0]+.1; return p; }"
            "shader_body { Pair p=make(.1), q=p; q.b[1].y=.5; ret=float3(p.a,q.b[0].x,q.b[1].y); }"
        ),
        (0.1, 0.2, 0.5),
    ),
    (
        (
            "struct S { float a; float2 b; }; static const S s={.1,.2,.3};"
            "shader_body { S z=(S)0; S t[2]={s,.4,.5,.6}; ret=float3(s.b.y,t[1].a,z.a+t[0].b.x); }"
        ),
        (0.3, 0.4, 0.2),
    ),
    (
        (
            "static const float2x3 axes=float2x3(float3(1,0,0),float3(0,1,0));"
            "shader_body { ret=float3(mul(axes,float3(.25,.5,.75)),0); }"
        ),
        (0.25, 0.5, 0.0),
    ),
    (
        (
            "float3 fill(float a[3]) { a[1]+=.1; return float3(a[0],a[1],a[2]); }"
            "shader_body { float a[3]={.1,.2,.3}; ret=fill(a); ret.z=a[1]; }"
        ),
        (0.1, 0.3, 0.2),
    ),
    (
        (
            "#define ADD(a,b) ((a)+(b))\n#define CAT(a,b) a##b\n#if defined(ADD) && !defined(NO)\n"
            "#define K .1\n#else\n#define K .9\n#endif\n#undef ADD\n#define ADD(a,b) (a*b)\n"
            "shader_body { float x1=.2; ret=float3(K, CAT(x,1), ADD(.5,.6)); }"
        ),
        (0.1, 0.2, 0.3),
    ),
    (
        (
            "#if 2*3==6 && (1<<2)==4 && ~0==-1\n#define V .2\n#elif 1\n#define V .3\n#endif\n"
            "shader_body { ret=V; }"
        ),
        grey(0.2),
    ),
    (
        (
            "#if (5&4)!=4 || (1|2)!=3 || (0x10>>2)!=4 || (0?1:0)\n#define V .2\n#else\n"
            "#define V .3\n#endif\nshader_body { ret=V; }"
        ),
        grey(0.3),
    ),
    (
        "float fixed=.1, vector=.2, string=.3; ret=float3(fixed*1, vector, (string));",
        (0.1, 0.2, 0.3),
    ),
    ("float f(float half2x) { return half2x*2; } shader_body { ret=f(.2); }", grey(0.4)),
    ("float a[2]={.1,.2}, b=.3; ret=float3(a[0],a[1],b);", (0.1, 0.2, 0.3)),
    ("ret.x=uv*0+.1; ret.y=float3(.2,1,1); ret.z=float2x2(.3,1,1,1);", (0.1, 0.2, 0.3)),
    ("ret=float4(.1,.2,.3,.4); if (uv.x>2) return 1;", (0.1, 0.2, 0.3)),
    ("inline float f(uniform float x) { return x; } shader_body { ret=f(.3); };", grey(0.3)),
    ("int2 v=int2(1.9,2.9); ret=float3(v,v.x/v.y)*.1;", (0.1, 0.2, 0.0)),
    ("float3 v=float3(.1,.2,.3); v=v.zyx.xyz; ret=float3(v[0],v[1],v.b);", (0.3, 0.2, 0.1)),
    ("float x=.2; x=x>.1?x<.3?.4:.5:.6; ret=x;", grey(0.4)),
    ("float2 a=.1; float3 b=float3(.1,.2,.3); ret=float3(a+b,(a*b).y*10);", (0.2, 0.3, 0.2)),
    ("float4 a=float4(1,2,3,4)*.1; float2x2 m=a; a=m+m; ret=a.xyz;", (0.2, 0.4, 0.6)),
    (
        (
            "static const float g[2][2]={1,2,3,4};"
            "shader_body { ret=float3(g[0][1],g[1][0],g[1][1])*.1; }"
        ),
        (0.2, 0.3, 0.4),
    ),
    (
        (
            "float f(float2x2 m[2]) { return m[1][0][1]; }"
            "shader_body { float2x2 a[2]={1,2,3,4,5,6,7,8};"
            " ret=f(a)*.1; }"
        ),
        grey(0.6),
    ),
    ("#define TWICE \\\n 2*\nshader_body { ret = TWICE .2; }", grey(0.4)),
    (
        (
            "sampler sampler_x = sampler_state { Texture = <t>; AddressU = Clamp; };"
            "texture t; float4 scale : register(c3); shader_body { ret=.2+scale.x; }"
        ),
        grey(0.2),
    ),
    (
        "float gain = .1 + .1; float3 tint = float3(1,.5,gain);\nshader_body { ret = tint; }",
        (1.0, 0.5, 0.2),
    ),
    ("float w(float x) { q2 = x; return q2*2; } shader_body { ret = w(.2) + q2*.5; }", grey(0.5)),
    (
        "float2 at(float2 uv) { return uv*0+rad*0+.3; } shader_body { ret=float3(at(uv),.1); }",
        (0.3, 0.3, 0.1),
    ),
    (
        "float near() { return (rad<.2)*.3+ang*0+(uv_orig.x>.4)*.2; } shader_body { ret=near(); }",
        grey(0.5),
    ),
    (
        "static int count=0; void up() { count++; } shader_body { up(); up(); ret=count*.1; }",
        grey(0.2),
    ),
    (
        "float sin(float x) { return x*.5; } shader_body { ret=float3(sin(.4),cos(0),sin(.2)); }",
        (0.2, 1.0, 0.1),
    ),
    (
        "float3 sum(float3 a, float b) { return a+b; } shader_body { ret=sum(.1, float2(.2,.9)); }",
        grey(0.3),
    ),
    ("float3 c(float x) : COLOR { return x; }\nshader_body\n{ ret = c(.3); }", grey(0.3)),
    (
        (
            "float f(sampler2D s, float2 p) { return tex2D(s,p).x*0+.3; }"
            "shader_body { ret=f(sampler_noise_lq,uv);"
            "ret+=tex3D(sampler_noisevol_hq,float3(uv,0)).x*0; }"
        ),
        grey(0.3),
    ),
]

TEXTURES: list[tuple[str, Colour]] = [
    (
        (
            "ret=.3+0*(tex2Dlod(sampler_main,float4(uv,0,0))+tex2Dbias(sampler_fc_main,float4(uv,0,1))"
            "+tex2Dproj(sampler_main,float4(uv,0,1))+tex2D(sampler_main,uv,ddx(uv),ddy(uv))"
            "+tex2Dgrad(sampler_main,uv,ddx(uv),ddy(uv))+tex3Dlod(sampler_noisevol_lq,uv.xyxy));"
        ),
        grey(0.3),
    ),
    ("ret=.2+0*tex2D(sampler_FC_main,float3(uv,1))+0*tex2D(sampler_pw_noise_mq,uv.x);", grey(0.2)),
    ("ret=.2+0*(GetMain(uv)+GetPixel(uv)+GetBlur1(uv)+GetBlur2(uv)+GetBlur3(uv));", grey(0.2)),
    ("ret=float3(texsize.x>1, texsize_noise_lq.x==256, texsize_main.x==texsize.x);", grey(1)),
    ("ret=float3(mip_x>1, mip_avg>1, aspect.x<=1);", grey(1)),
]

SHADERS: list[tuple[str, Colour]] = [
    (code if "shader_body" in code else f"shader_body {{ {code} }}", colour)
    for group in (
        ARITHMETIC,
        TRUTH,
        POWERS,
        FUNCTIONS,
        MATRICES,
        CONTROL,
        STORAGE,
        WHOLE,
        TEXTURES,
    )
    for code, colour in group
]
