# BifurcationKit's normal forms as plain NamedTuples, coefficients as it computes them.

"""
    normal_form(branch, k = 1) -> NamedTuple

What `get_normal_form` returns at a special point: `class` and `type` as BifurcationKit names them,
the raw coefficients, and the critical vectors; `error` alone where it fails.
"""
function raw_normal_form(branch, k::Int = 1; keywords...)
    try
        return described(get_normal_form(branch, k; keywords...))
    catch error
        error isa InterruptException && rethrow()
        return (error = oneline(error),)
    end
end

class_name(form) = String(nameof(typeof(form)))

function described(form::BK.Hopf)
    return (
        class = "Hopf", type = String(form.type), omega = Float64(form.ω),
        a = ComplexF64(form.nf.a), b = ComplexF64(form.nf.b),
        right = Vector{ComplexF64}(form.ζ), left = Vector{ComplexF64}(form.ζ★),
    )
end

function described(form::BK.AbstractSimpleBranchPoint)
    c = form.nf
    return (
        class = class_name(form), type = String(form.type),
        a01 = Float64(c.a01), a02 = Float64(c.a02), b11 = Float64(c.b11),
        b20 = Float64(c.b20), b30 = Float64(c.b30),
        right = Vector{Float64}(real.(form.ζ)), left = Vector{Float64}(real.(form.ζ★)),
        second_order = Vector{Float64}(real.(c.Ψ20)),
    )
end

function described(form::BK.NdBranchPoint)
    c = form.nf
    return (
        class = class_name(form), type = String(form.type), kernel_dimension = length(form),
        a01 = Array{Float64}(c.a01), a02 = Array{Float64}(c.a02), b11 = Array{Float64}(c.b11),
        b20 = Array{Float64}(c.b20), b30 = Array{Float64}(c.b30),
        kernel = rows([Vector{Float64}(real.(vector)) for vector in form.ζ]),
    )
end

described(form::BK.Cusp) = (
    class = "Cusp", c = Float64(real(form.nf.c)),
    right = Vector{Float64}(real.(form.ζ)), left = Vector{Float64}(real.(form.ζ★)),
)

described(form::BK.BogdanovTakens) = (
    class = "BogdanovTakens", a = Float64(real(form.nf.a)), b = Float64(real(form.nf.b)),
    right = rows([Vector{Float64}(real.(vector)) for vector in form.ζ]),
    left = rows([Vector{Float64}(real.(vector)) for vector in form.ζ★]),
)

described(form::BK.Bautin) = (
    class = "Bautin", omega = Float64(form.nf.ω), G21 = ComplexF64(form.nf.G21),
    G32 = ComplexF64(form.nf.G32), l2 = Float64(form.nf.l2),
    right = Vector{ComplexF64}(form.ζ), left = Vector{ComplexF64}(form.ζ★),
)

described(form::BK.ZeroHopf) = (
    class = "ZeroHopf", omega = Float64(real(form.nf.ω)), G200 = Float64(real(form.nf.G200)),
    G110 = ComplexF64(form.nf.G110), G011 = Float64(real(form.nf.G011)),
    G111 = ComplexF64(form.nf.G111), G021 = ComplexF64(form.nf.G021),
    right = Vector{Float64}(real.(form.ζ.q0)), left = Vector{Float64}(real.(form.ζ★.p0)),
    right_turning = Vector{ComplexF64}(form.ζ.q1), left_turning = Vector{ComplexF64}(form.ζ★.p1),
)

described(form::BK.HopfHopf) = (
    class = "HopfHopf", frequencies = Float64[imag(form.nf.λ1), imag(form.nf.λ2)],
    G2100 = ComplexF64(form.nf.G2100), G0021 = ComplexF64(form.nf.G0021),
    G1110 = ComplexF64(form.nf.G1110), G1011 = ComplexF64(form.nf.G1011),
    right = rows([Vector{ComplexF64}(form.ζ.q1), Vector{ComplexF64}(form.ζ.q2)]),
    left = rows([Vector{ComplexF64}(form.ζ★.p1), Vector{ComplexF64}(form.ζ★.p2)]),
)
