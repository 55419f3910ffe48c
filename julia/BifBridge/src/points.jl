# A special point on its own: from a few numbers back to what BifurcationKit can work with.

"""
    lone(F, z, par, tangent, target, type, options) -> branch

A "branch" that consists of one special point, with its own eigenvectors.

BifurcationKit's normal forms, Newton solvers, branch switching and curves all start from a point
of a branch. This makes one from a state, so that no Julia object need be kept between requests,
and so that a point that was located better takes the place of the bisected one.

`target` is the critical eigenvalue, 0 or iω; the one nearest to it is taken.
"""
function lone(F::Field, z, par, tangent, target, type::Symbol, options::Options; lens = LENS)
    prob = bifurcation_problem(F, z, par; lens)
    p, x = Float64(BK.getparam(prob)), Vector{Float64}(z)
    contparams = continuation_par(dense(options), length(x); nev = nothing)
    values, vectors, = contparams.newton_options.eigsolver(BK.jacobian(prob, x, par), length(x))
    index = argmin(abs.(values .- target))
    τ = BorderedArray(Vector{Float64}(tangent[1:end-1]), Float64(tangent[end]))
    jump = type === :hopf ? (2, 2) : (1, 0)
    point = SpecialPoint(
        type = type, idx = 1, param = p, norm = norm(x), printsol = record_first(x, p), x = copy(x),
        τ = τ, ind_ev = index, step = 0, status = :converged, δ = jump, precision = 0.0,
        interval = (p, p),
    )
    row = (x1 = x[1], param = p, itnewton = 0, itlinear = 0, ds = contparams.ds, n_unstable = 0,
           n_imag = 0, stable = false, step = 0)
    return ContResult(
        branch = BK.StructArrays.StructArray([row]),
        eig = [(eigenvals = values, eigenvecs = vectors, converged = true, step = 0)],
        sol = [(x = copy(x), p = p, step = 0)],
        contparams = contparams,
        kind = BK.EquilibriumCont(),
        prob = prob,
        specialpoint = [point],
        alg = BK.update(algorithm(dense(options)), contparams, nothing),
    )
end

"""
    located(branch, k, n) -> NamedTuple

A special point as BifurcationKit has it. `index` counts branch points from 0; `delta` is the change
of the numbers of unstable eigenvalues and of those with an imaginary part.
"""
function located(branch, k::Int, n::Int)
    point = branch.specialpoint[k]
    known = point.idx in eachindex(branch.eig)
    values = known ? Vector{ComplexF64}(branch.eig[point.idx].eigenvals) : ComplexF64[]
    critical = 1 <= point.ind_ev <= length(values) ? values[point.ind_ev] : complex(NaN)
    return (
        type = String(point.type),
        parameter = Float64(point.param),
        state = Vector{Float64}(point.x)[1:n],
        status = String(point.status),
        precision = Float64(point.precision),
        interval = Float64[point.interval...],
        delta = Int[point.δ...],
        index = point.idx - 1,
        step = point.step,
        tangent = vcat(Vector{Float64}(point.τ.u), Float64(point.τ.p)),
        eigenvalues = values,
        critical = critical,
    )
end
