const POLYNOMIAL = Field((z, p) -> p .* z .- z .^ 3, 1, 0)
const SADDLE_NODE = Field((z, p) -> p .- z .^ 2, 1, 0)

function stuart_landau(z, p)
    square = z[1]^2 + z[2]^2
    return [p * z[1] - 2 * z[2] + square * (-1.5 * z[1] - 0.7 * z[2]),
            2 * z[1] + p * z[2] + square * (-1.5 * z[2] + 0.7 * z[1])]
end
const OSCILLATOR = Field(stuart_landau, 2, 0)

only_way(field, z, p, options; keywords...) =
    only(BifBridge.continue_equilibria(field, z, p, options; keywords...).ways)

@testset "a pitchfork on the trivial branch" begin
    way = only_way(POLYNOMIAL, [0.0], -1.0, settings(p_min = -1.0, p_max = 1.0))
    @test way.status == "span_end"
    @test way.parameters[1] == -1.0 && way.parameters[end] == 1.0
    @test size(way.states) == (length(way.parameters), 1) == size(way.eigenvalues)
    @test real.(way.eigenvalues[:, 1]) ≈ way.parameters
    point, again = only(way.points), only(way.polished)
    @test point.type == "bp" && point.delta == [1, 0] && point.status == "converged"
    @test point.normal_form.class == "Pitchfork"
    @test again.kind == "branch_point" && again.converged
    @test abs(again.parameter) < 1e-14
    @test again.normal_form.b11 ≈ 1 && again.normal_form.b30 ≈ -6
end

@testset "a fold" begin
    options = settings(p_min = -1.0, p_max = 1.0, ds = -0.01)
    way = only_way(SADDLE_NODE, [1.0], 1.0, options)
    again = only(way.polished)
    @test again.kind == "fold" && again.converged
    @test abs(again.parameter) < 1e-14 && abs(again.state[1]) < 1e-14
    @test again.normal_form.class == "Fold"
    @test again.normal_form.a01 * again.normal_form.b20 ≈ -2
    # The turn of the branch shows in its tangents.
    @test sort(unique(sign.(way.tangents[3:end, end]))) == [-1.0, 1.0]
end

@testset "a Hopf point" begin
    way = only_way(OSCILLATOR, [0.0, 0.0], -1.0, settings(p_min = -1.0, p_max = 1.0))
    point, again = only(way.points), only(way.polished)
    @test point.type == "hopf" && point.delta == [2, 2]
    @test again.kind == "hopf" && again.converged
    @test abs(again.parameter) < 1e-13 && abs(again.omega) ≈ 2
    form = again.normal_form
    @test form.class == "Hopf" && form.type == "SuperCritical"
    # BifurcationKit's imaginary part is that of the conjugate where ω > 0: c₁ = −3 + 1.4i.
    @test real(form.b) ≈ -3 rtol = 1e-10
    @test imag(form.b) ≈ -1.4 * sign(form.omega) rtol = 1e-10
end

@testset "a pitchfork met from its side branch is no fold" begin
    options = settings(p_min = -1.0, p_max = 1.0, ds = -0.01)
    way = only_way(POLYNOMIAL, [sqrt(0.5)], 0.5, options)
    kinds = [again === nothing ? "" : again.kind for again in way.polished]
    @test "branch_point" in kinds
    @test !("fold" in kinds)
end

@testset "how branches end" begin
    limits = (p_min = -1.0, p_max = 1.0)
    stopped = Ref(0)
    hook(step, p) = (stopped[] = step; step < 5)
    way = only_way(POLYNOMIAL, [0.0], -1.0, settings(; limits...); hook)
    @test way.status == "interrupted" && stopped[] == 5 && length(way.parameters) == 6
    few = settings(; limits..., max_steps = 3)
    @test only_way(POLYNOMIAL, [0.0], -1.0, few).status == "point_limit"
    blowing = Field((z, p) -> p .- exp.(-z), 1, 0)
    grown = settings(p_min = -1.0, p_max = 1.0, ds = -0.01, max_steps = 2000, max_norm = 3.0)
    @test only_way(blowing, [0.0], 1.0, grown).status == "norm_limit"
    nowhere = Field((z, p) -> 1 .+ z .^ 2 .+ p^2, 1, 0)
    failed = only_way(nowhere, [0.3], 0.5, settings(; limits...)).status
    @test failed in ("no_equilibrium", "not_finite", "singular")
    nan = Field((z, p) -> z .* NaN, 1, 0)
    @test only_way(nan, [0.3], 0.5, settings(; limits...)).status == "not_finite"
end

@testset "both directions and natural steps" begin
    options = settings(p_min = -1.0, p_max = 1.0, algorithm = (name = "Natural",))
    both = [-1.0, 1.0]
    ways = BifBridge.continue_equilibria(POLYNOMIAL, [0.0], -0.5, options; directions = both).ways
    @test [way.status for way in ways] == ["span_end", "span_end"]
    @test ways[1].parameters[end] == -1.0 && ways[2].parameters[end] == 1.0
    @test only(ways[2].polished).converged
end

@testset "matrix-free" begin
    n = 40
    M = [sin(1.3 * i * j + 0.7 * (i + j) + 0.05 * (i * j)^2) for i in 1:n, j in 1:n]
    M = (M + M') / 2
    M /= eigmax(Symmetric(M))
    network = Field((z, p) -> -z .+ p .* (M * tanh.(z)), n, 0)
    krylov = (dim = 40, rtol = 1e-12, maxiter = 50, eig_dim = 40, eig_tol = 1e-10)
    options = default_options(
        p_min = 0.5, p_max = 1.02, krylov = krylov,
        continuation = merge(TIGHT, (ds = 0.01, dsmax = 0.05, nev = 4)),
    )
    way = only_way(network, zeros(n), 0.5, options)
    @test way.status == "span_end" && size(way.eigenvalues, 2) == 4
    again = first(way.polished)
    @test again.converged && again.parameter ≈ 1
    v = eigvecs(Symmetric(M))[:, end]
    @test again.normal_form.b30 ≈ -2 * sum(v .^ 4) rtol = 1e-8
end
