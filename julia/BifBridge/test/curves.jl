# The points of a kind, as they were located again.
located(type, result) = [
    better for way in result.ways for (point, better) in zip(way.points, way.polished)
    if point.type == type
]

@testset "a curve of folds and its cusp" begin
    # ẋ = p + q x − x³: 27 p² = 4 q³, cusp at 0 with c = −1.
    field = Field((z, p) -> p[1] .+ p[2] .* z .- z .^ 3, 1, 2)
    options = settings(p_min = -1.0, p_max = 2.0)
    fold = 2 * 3^-1.5
    result = BifBridge.continue_curve(
        field, [3^-0.5], -fold, 1.0, "fold", 0.0, options; span = (-2.0, 2.0),
    )
    @test length(result.ways) == 2
    for way in result.ways
        p, q = way.parameters[:, 1], way.parameters[:, 2]
        @test 27 * p .^ 2 ≈ 4 * q .^ 3 atol = 1e-9
    end
    cusp = first(located("cusp", result))
    @test norm(cusp.parameters) < 1e-10
    @test cusp.normal_form.c ≈ -1 rtol = 1e-6
end

@testset "Bogdanov–Takens on both curves" begin
    # Kuznetsov's form: ẋ = y, ẏ = β₁ + β₂x + x² − xy; folds 4β₁ = β₂², Hopf points β₁ = 0, β₂ < 0.
    field = Field((z, p) -> [z[2], p[1] + p[2] * z[1] + z[1]^2 - z[1] * z[2]], 2, 2)
    options = settings(p_min = -1.0, p_max = 1.0)
    folds = BifBridge.continue_curve(
        field, [0.25, 0.0], 0.0625, -0.5, "fold", 0.0, options; span = (-1.0, 1.0),
        directions = [1.0],
    )
    bt = only(located("bt", folds))
    @test norm(bt.parameters) < 1e-10
    @test abs(bt.normal_form.a) ≈ 1 rtol = 1e-9
    @test bt.normal_form.a * bt.normal_form.b ≈ -1 rtol = 1e-9

    hopf = BifBridge.continue_curve(
        field, [0.0, 0.0], 0.0, -0.5, "hopf", sqrt(0.5), options; span = (-1.0, 1.0),
        directions = [-1.0],
    )
    way = only(hopf.ways)
    @test way.parameters[:, 1] ≈ zeros(size(way.parameters, 1)) atol = 1e-9
    @test way.frequencies .^ 2 ≈ -way.parameters[:, 2] rtol = 1e-8
end

@testset "a Bautin point" begin
    # ż = (p + i)z + q z|z|² − z|z|⁴ as a real system: ℓ₁ vanishes at q = 0.
    function bautin(z, p)
        s = z[1]^2 + z[2]^2
        growth = p[1] + p[2] * s - s^2
        return [growth * z[1] - z[2], z[1] + growth * z[2]]
    end
    options = settings(p_min = -1.0, p_max = 1.0)
    curve = BifBridge.continue_curve(
        Field(bautin, 2, 2), [0.0, 0.0], 0.0, -0.5, "hopf", 1.0, options; span = (-1.0, 1.0),
        directions = [1.0],
    )
    point = only(located("gh", curve))
    @test norm(point.parameters) < 1e-10
    # With |q| = 1, |z|² = 2|w|²: c₂ = −4, and BifurcationKit's l2 is its real part.
    @test point.normal_form.l2 ≈ -4 rtol = 1e-6
end
